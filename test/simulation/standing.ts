import { ageOf, tasksOf, unnamed } from './belongings.js'
import type { Client } from './client.js'
import type { Memory } from './memory.js'
import type { Run } from './run.js'

/** Its requests are alike: what counts is how far each has come, not which. */
function requestsOf({ world, context }: Client): string[] {
  return world.requests
    .filter(({ client }) => client.context === context)
    .map((request) => {
      const { outcome, attempts } = request
      if (outcome instanceof Error) return outcome.message
      // What came through leaves nothing behind.
      if (outcome) return `${outcome.status}`
      const tries = attempts.map(({ token, status }) => `${token} ${status}`).join()
      return `${tries} ${ageOf(request)}`
    })
    .sort()
}

/** What a session goes by that its status does not show: cool-downs, and tokens that are in doubt. */
function pastOf({ session, context }: Client): string[] {
  const now = context.clock.now()
  const { generation } = session.getSnapshot()
  return session.explain().flatMap((event) => {
    // Newer tokens end both.
    if (event.generation !== generation) return []
    const ago = now - event.at
    if (event.type === 'refresh-unavailable') return [`unavailable ${event.retryAfterMs - ago}`]
    return event.type === 'turned-away' && event.attempt === 2 ? [`doubted ${ago}`] : []
  })
}

/**
 * All of a context that decides what can come, without its name. Everything that it has been told would
 * do, too; but most of that has no bearing any more, and `every-history.ts` shows that this says enough.
 */
export function standing(
  client: Client,
  { world, store }: Run,
  left: number,
  memory: Memory,
): string {
  const { context, session, ended, told } = client
  const { now } = world.timeline
  const tasks = tasksOf(world, context)
    .map(({ label, at }) => `${unnamed(world, label, context)}@${at - now}`)
    .sort()
  const { state, hasTurn, refreshing, storeFailed, keepingAlive } = context
  const parts: unknown[] = [state, hasTurn, store.turns.placesOf(context), tasks]
  // Nobody is there any more: only what is on its way to the servers counts.
  if (state !== 'gone') {
    const { status, generation } = session.getSnapshot()
    parts.push(
      [refreshing, storeFailed, keepingAlive, left],
      [status, generation, session.tokens?.accessToken, session.getLifetime()?.isExpired],
      [...ended, ...told].join(),
      pastOf(client),
      requestsOf(client),
      memory.show(now),
    )
  }
  return JSON.stringify(parts)
}

/** All of the world beside its contexts that decides what can come. */
export function standingOfWorld({ world, store }: Run, faultsLeft: number): string {
  const { server, excuses, refused, written } = world
  const isAnyTwice = new Set(server.presented).size < server.presented.length
  return JSON.stringify([
    faultsLeft,
    [...excuses].sort(),
    [...refused],
    [...written].sort(),
    isAnyTwice,
    server.show(),
    store.show(),
    store.turns.showLine(),
  ])
}
