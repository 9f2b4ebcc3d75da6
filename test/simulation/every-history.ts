import { tasksOf } from './belongings.js'
import type { Context } from './context.js'
import { createWalk, type Extent, type Walk } from './walk.js'
import { withoutChance } from './without-chance.js'

/** What becomes of a state: what it can turn into, and how it ends. */
interface Future {
  readonly standing: string
  readonly next: Set<string>
  end: string
}

/** What was compared. */
export interface Compared {
  /** States, told apart by everything that was ever told to anybody. */
  readonly histories: number
  /** Told apart by how the contexts and the world stand. */
  readonly standings: number
  /** Standings from which not all histories go on alike. */
  readonly differing: readonly string[]
}

/** Everything that a context was told, and what is on its way; its requests are named in order. */
function historyOf(context: Context, { run: { world, store } }: Walk): string {
  const names = new Map([[context.name, 'self']])
  const renamed = (text: string): string =>
    text.replaceAll(/\b[cr]\d+\b/g, (name) => {
      if (!names.has(name)) names.set(name, `r#${names.size}`)
      return names.get(name) as string
    })
  const { history, state, hasTurn, stoodStillMs } = context
  const told = history.map(({ label, at }) => renamed(`${label}@${at}`))
  const tasks = tasksOf(world, context).map(({ label, at }) => renamed(`${label}@${at}`))
  const places = store.turns.placesOf(context)
  return JSON.stringify([state, hasTurn, stoodStillMs, places, told, tasks.sort()])
}

const together = (world: string, each: readonly string[]): string =>
  [world, ...[...each].sort()].join('\n')

/** How each request of the living came out, in all, and what the server has given out. */
function endOf({ run: { world } }: Walk): string {
  const outcomes = world.requests
    .filter(({ client }) => client.context.state !== 'gone')
    .map(({ outcome }) => (outcome instanceof Error ? outcome.message : String(outcome?.status)))
  return [...outcomes.sort(), world.server.show()].join()
}

/**
 * Plays everything, with nothing forgotten: states are the same only where each context was told the
 * very same. Those that stand alike, as `exhaust` tells them apart, must go on to what stands alike.
 *
 * @throws Violation
 */
export function everyHistory(extent: Extent): Promise<Compared> {
  return withoutChance(async () => {
    const futures = new Map<string, Future>()
    const waiting: { path: readonly number[]; from: Future | undefined }[] = [
      { path: [], from: undefined },
    ]
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const { path, from } = one
      const walk = await createWalk(extent, false)
      for (const choice of path) await walk.go(walk.options()[choice] as never)
      const standing = together(walk.world(), walk.standings())
      from?.next.add(standing)
      const { world } = walk.run
      const told = world.contexts.map((context) => historyOf(context, walk))
      const key = `${world.timeline.now} ${standing} ${together(walk.world(), told)}`
      if (futures.has(key)) continue
      const future: Future = { standing, next: new Set(), end: '' }
      futures.set(key, future)
      const options = walk.options()
      options.forEach((_, choice) => waiting.push({ path: [...path, choice], from: future }))
      if (options.length > 0) continue
      await walk.run.finish()
      future.end = endOf(walk)
    }
    return compare([...futures.values()])
  })
}

function compare(futures: readonly Future[]): Compared {
  const known = new Map<string, string>()
  const differing = new Set<string>()
  for (const { standing, next, end } of futures) {
    const future = [...next].sort().join('\n\n') + end
    if (!known.has(standing)) known.set(standing, future)
    else if (known.get(standing) !== future) differing.add(standing)
  }
  return { histories: futures.length, standings: known.size, differing: [...differing] }
}
