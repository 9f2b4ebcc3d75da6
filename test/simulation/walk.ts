import { ownerOf, tasksOf, unnamed } from './belongings.js'
import { replayed } from './choices.js'
import { faultsNow, type Option } from './faults-now.js'
import { createMemory } from './memory.js'
import { makeRequest } from './requests.js'
import { createRun } from './run.js'
import type { Rotation, Setting, Turns } from './setting.js'
import { standing, standingOfWorld } from './standing.js'

/** How much is visited. */
export interface Extent {
  readonly contexts: number
  readonly requestsEach: number
  readonly faults: 0 | 1
  readonly rotation: Rotation
  readonly turns: Exclude<Turns, 'memory'>
  /** Holders are told of changes, which may come at any moment too. */
  readonly tellsOfChanges?: boolean
}

/** One thing that happens. */
export interface Step {
  /** To which context, by its place; -1: to all of them. */
  readonly of: number
  /** Without names. */
  readonly label: string
}

export const timeGoesBy: Step = { of: -1, label: 'time goes by' }

/** What can come to one context. */
export interface Ways {
  readonly plain: readonly string[]
  readonly faults: readonly string[]
  /** Something is due: it comes before time goes by. */
  readonly isDue: boolean
  /** Something will be due. */
  readonly hasNext: boolean
  /** It waits for its turn. */
  readonly isInLine: boolean
}

const settingOf = ({ rotation, turns, contexts, tellsOfChanges = false }: Extent): Setting => ({
  rotation,
  turns,
  contexts,
  sessionsEach: 1,
  lifetime: undefined,
  isAnnounced: false,
  rotates: true,
  tellsOfChanges,
  credential: 'token',
  start: 'stored',
  actions: 0,
  faults: 0,
  latency: false,
  way: 'authorize',
})

/** One way through all that can happen, step by step, from one store with tokens that have just expired. */
export async function createWalk(extent: Extent, isTraced: boolean) {
  const run = createRun(settingOf(extent), replayed([]), isTraced)
  const { world } = run
  world.keepsHistory = true
  world.isAtomic = true
  const { timeline, server, trace, clients, contexts } = world

  run.begin()
  // Everyone has read the store: what is visited is the refresh.
  for (;;) {
    await run.settle()
    const [task] = timeline.due()
    if (!task) break
    timeline.run(task)
  }
  server.expireAll()
  const all = clients.map((client) => ({
    client,
    memory: createMemory(client),
    left: extent.requestsEach,
  }))
  all.forEach(({ memory }) => memory.look())
  let faultsLeft: number = extent.faults

  /** What the dead have asked is heard by nobody, and changes nothing. */
  function forgetTheDead(): void {
    for (const context of contexts) {
      if (context.state !== 'gone') continue
      for (const task of tasksOf(world, context)) {
        const isQuestion = task.message?.kind === 'api request' || task.label.endsWith(' reads')
        if (isQuestion) timeline.drop(task)
      }
    }
  }

  function plainNow(): Option[] {
    const due: Option[] = timeline.due().map((task) => ({
      of: ownerOf(world, task),
      label: task.label,
      run: () => timeline.run(task),
    }))
    const requests = all
      .filter(({ client, left }) => left > 0 && client.context.isRunning)
      .map((one) => ({
        of: one.client.context,
        label: 'makes a request',
        run() {
          one.left -= 1
          one.client.context.happens('a request is made')
          makeRequest(one.client)
        },
      }))
    return [...due, ...requests]
  }

  const faultsOf = (): Option[] =>
    faultsNow(run).map((option) => ({
      ...option,
      run() {
        faultsLeft -= 1
        option.run()
      },
    }))

  /** Something happens, and has its consequences. */
  async function go({ of, label, run: happen }: Option): Promise<void> {
    trace.note(() => (label.includes(of?.name ?? '') ? `→ ${label}` : `→ ${of?.name}: ${label}`))
    happen()
    await run.settle()
    forgetTheDead()
    all.forEach(({ memory }) => memory.look())
  }

  const passTime: Option = {
    of: undefined,
    label: timeGoesBy.label,
    run: () => timeline.moveTo(timeline.next() ?? timeline.now),
  }

  return {
    run,
    go,
    /** @throws Violation when it breaks a promise */
    take({ of, label }: Step): Promise<void> {
      const context = contexts[of]
      if (!context) return go(passTime)
      const isIt = (option: Option): boolean =>
        option.of === context && unnamed(world, option.label, context) === label
      const option = plainNow().find(isIt) ?? faultsOf().find(isIt)
      if (!option) throw new Error(`nothing is called ${context.name} ${label}`)
      return go(option)
    },
    /** Everything that can happen next, each thing by itself. */
    options(): readonly Option[] {
      const plain = plainNow()
      const isTime = timeline.due().length === 0 && timeline.next() !== undefined
      if (!plain.length && !isTime) return []
      return [...plain, ...(isTime ? [passTime] : []), ...(faultsLeft > 0 ? faultsOf() : [])]
    },
    world: (): string => standingOfWorld(run, faultsLeft),
    standings: (): readonly string[] =>
      all.map(({ client, left, memory }) => standing(client, run, left, memory)),
    /** What can come to each context. */
    ways(): readonly Ways[] {
      const plain = plainNow()
      const wrong = faultsOf()
      const due = new Set(timeline.due().map((task) => ownerOf(world, task)))
      return contexts.map((context) => {
        // Where two would be called alike, they are alike.
        const labels = (options: readonly Option[]): string[] => {
          const own = options.filter(({ of }) => of === context)
          return [...new Set(own.map(({ label }) => unnamed(world, label, context)))]
        }
        return {
          plain: labels(plain),
          faults: labels(wrong),
          isDue: due.has(context),
          hasNext: tasksOf(world, context).some(({ where }) => !where || where.isRunning),
          isInLine: run.store.turns.placesOf(context) !== '',
        }
      })
    },
  }
}

export type Walk = Awaited<ReturnType<typeof createWalk>>
