import type { Clock } from 'unexpired'

/** Time that moves only when a scenario says so, and that knows who would keep a process alive. */
export interface ModelClock extends Clock {
  /** Moves on by `ms`; `settle` is awaited after each timer on the way. */
  advance(ms: number, settle: () => Promise<void>): Promise<void>
  /** How far the next timer is, `undefined` when only those wait that merely keep a process alive. */
  nextTimerIn(): number | undefined
  /** Sets the wall clock forward, or back. */
  stepWall(ms: number): void
  /** The wall clock goes on; the monotonic clock and timers stand still. */
  sleepMachine(ms: number): void
  /** Timers that wait and would keep a process alive. */
  readonly keepingAlive: number
  readonly pendingTimers: number
}

interface Timer {
  readonly due: number
  readonly run: () => void
  readonly keepAlive: boolean
}

/** The longest that any platform takes (milliseconds). */
const longestTimer = 2 ** 31 - 1

export function createModelClock(): ModelClock {
  let wall = Date.UTC(2026, 0)
  let steady = 0
  const timers = new Set<Timer>()

  function next(): Timer | undefined {
    let first: Timer | undefined
    for (const timer of timers) if (!first || timer.due < first.due) first = timer
    return first
  }

  function moveTo(time: number): void {
    wall += time - steady
    steady = time
  }

  return {
    now: () => wall,
    monotonic: () => steady,
    setTimeout(run, ms, options) {
      if (!(ms <= longestTimer)) throw new RangeError(`a timer of ${ms} ms fires at once`)
      const timer = { due: steady + Math.max(0, ms), run, keepAlive: !!options?.keepAlive }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    async advance(ms, settle) {
      const end = steady + ms
      for (let timer = next(); timer && timer.due <= end; timer = next()) {
        timers.delete(timer)
        moveTo(Math.max(timer.due, steady))
        timer.run()
        await settle()
      }
      moveTo(end)
    },
    nextTimerIn() {
      const due = [...timers].filter((timer) => !timer.keepAlive).map((timer) => timer.due)
      return due.length ? Math.max(0, Math.min(...due) - steady) : undefined
    },
    stepWall(ms) {
      wall += ms
    },
    sleepMachine(ms) {
      wall += ms
    },
    get keepingAlive() {
      return [...timers].filter((timer) => timer.keepAlive).length
    },
    get pendingTimers() {
      return timers.size
    },
  }
}
