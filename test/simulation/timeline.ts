/** Where a task runs: what stands still, or is gone, runs nothing. */
export interface Place {
  readonly name: string
  readonly isRunning: boolean
  /** Something is about to run here. */
  happens(label: string): void
}

/** What travels, and may be lost, doubled or late on its way. */
export interface Message {
  readonly kind:
    | 'refresh request'
    | 'refresh answer'
    | 'api request'
    | 'api answer'
    | 'store call'
    | 'store answer'
    | 'news'
  /** Whose it is. */
  readonly of: Place
  /** Tells the sender that it was lost. Absent: nobody would notice. */
  readonly lose?: (error: Error) => void
  /** The other side is out of order, and says so. */
  readonly turnDown?: () => void
  /** The store answers with what it held before. */
  readonly goStale?: () => void
}

export interface Task {
  /** By the world's own steady clock, in milliseconds. */
  at: number
  /** `undefined`: at a server, or on the way. */
  readonly where: Place | undefined
  readonly label: string
  readonly message: Message | undefined
  /** Timers of one place run in the order in which they are due. */
  readonly isTimer: boolean
  readonly run: () => void
}

/** A task that is a message. */
export type OnTheWay = Task & { readonly message: Message }

export const isOnTheWay = (task: Task): task is OnTheWay => task.message !== undefined

export interface PostOptions {
  readonly afterMs?: number
  readonly message?: Message
  readonly isTimer?: boolean
}

/** The world's time, and all that is to happen in it. Nothing happens by itself. */
export function createTimeline() {
  let now = 0
  let tasks: Task[] = []

  const canRun = ({ where }: Task): boolean => !where || where.isRunning

  return {
    get now() {
      return now
    },
    post(
      where: Place | undefined,
      label: string,
      run: () => void,
      { afterMs = 0, message, isTimer = false }: PostOptions = {},
    ): Task {
      const task: Task = { at: now + afterMs, where, label, message, isTimer, run }
      tasks.push(task)
      return task
    },
    drop(task: Task): void {
      const index = tasks.indexOf(task)
      if (index >= 0) tasks.splice(index, 1)
    },
    /** Nothing happens there any more. */
    forget(place: Place): void {
      tasks = tasks.filter(({ where }) => where !== place)
    },
    /** Timers of a machine that sleeps wait for as long. */
    putOff(place: Place, ms: number): void {
      for (const task of tasks) if (task.where === place && task.isTimer) task.at += ms
    },
    all: (): readonly Task[] => tasks,
    /** What can happen now, the oldest first. */
    due(): readonly Task[] {
      const first = new Map<Place, Task>()
      for (const task of tasks) {
        if (!task.isTimer || !task.where) continue
        const other = first.get(task.where)
        if (!other || task.at < other.at) first.set(task.where, task)
      }
      return tasks.filter(
        (task) =>
          task.at <= now &&
          canRun(task) &&
          (!task.isTimer || !task.where || first.get(task.where) === task),
      )
    },
    /** When something can happen at the earliest. */
    next(): number | undefined {
      let first = Infinity
      for (const task of tasks) if (task.at < first && canRun(task)) first = task.at
      return first === Infinity ? undefined : first
    },
    moveTo(time: number): void {
      now = Math.max(now, time)
    },
    run(task: Task): void {
      this.drop(task)
      task.where?.happens(task.label)
      task.run()
    },
  }
}
