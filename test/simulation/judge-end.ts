import { inForce, type Client } from './client.js'
import type { Rotation } from './setting.js'
import type { SharedStore } from './shared-store.js'
import type { Excuse, World } from './world.js'

/** What may cost a session at such a server: nothing else may. */
const costs: Record<Rotation, readonly Excuse[]> = {
  strict: ['answer lost', 'late request', 'interrupted', 'without a turn', 'store trouble'],
  grace: ['grace missed', 'late request', 'interrupted', 'without a turn', 'store trouble'],
  previous: ['late request', 'interrupted', 'without a turn', 'store trouble'],
}

const alive = (world: World): readonly Client[] =>
  world.clients.filter(({ context, isClosed }) => context.isRunning && !isClosed)

/** Nobody is thrown out by our own doing. */
export function judgeReuse(world: World): void {
  const { setting, server, trace } = world
  if (!server.reused.length || setting.turns === 'none') return
  // What is pushed beside a lost answer comes without the refresh token that was lost with it.
  if (world.isExcused(...costs[setting.rotation], 'pushed')) return
  trace.breaks('G1 no refresh token is spent twice', server.reused.join(' '))
}

/** Where nothing went wrong, each refresh token buys once. */
export function judgePresented(world: World): void {
  const { setting, server, trace, excuses } = world
  if (excuses.size || setting.turns === 'none' || !setting.rotates) return
  const twice = server.presented.find((token, at) => server.presented.indexOf(token) !== at)
  if (twice !== undefined) trace.breaks('G1 one refresh for all', `${twice} was sent twice`)
}

/** All has come to rest: nobody waits, and those on one store are of one mind. */
export function judgeRest(world: World, store: SharedStore): void {
  const { trace, requests, setting } = world
  for (const { outcome, client, id } of requests) {
    if (!outcome && client.context.state !== 'gone') {
      trace.breaks('G9 every request settles', `${client.name} ${id}`)
    }
  }
  for (const { open, context } of world.clients) {
    if (open.size && context.state !== 'gone') {
      trace.breaks('G9 every call settles', [...open].join(', '))
    }
  }
  for (const context of world.contexts) {
    if (context.keepingAlive && context.state !== 'gone') {
      trace.breaks('G14 no timer keeps a process alive', context.name)
    }
  }
  const kept = store.kept()
  for (const { session, name, told, lived, ended, isClosed } of alive(world)) {
    const { sessionId, generation } = session.getSnapshot()
    for (const [id, times] of told) {
      if (times > 1) trace.breaks('G18 each end is told once', `${name}: ${id}`)
    }
    for (const family of lived) {
      const isOver = !ended.has(family) && inForce({ session, world }) !== family
      if (isOver && !isClosed && !world.isExcused('store trouble')) {
        trace.breaks('G18 each end is told', `${name}: ${family}`)
      }
    }
    const isSame = kept?.tokens
      ? kept.sessionId === sessionId && kept.generation === generation
      : sessionId === undefined
    if (setting.tellsOfChanges && !isSame && !world.isExcused('store trouble')) {
      trace.breaks(
        'whoever shares a store shares the session',
        `${name} has ${sessionId && `${inForce({ session, world })} ${generation}`}, the store ${kept?.tokens?.accessToken} ${kept?.generation}`,
      )
    }
  }
}

/** With one sign-in and no sign-out, whoever is not turned away by the server is signed in. */
export function judgeSurvivors(world: World, family: string | undefined): void {
  const { trace, server, setting } = world
  if (
    !setting.tellsOfChanges ||
    family === undefined ||
    world.signIns !== 1 ||
    world.signOuts ||
    server.revoked(family)
  )
    return
  if (world.isExcused('store trouble')) return
  for (const client of alive(world)) {
    if (inForce(client) !== family) {
      trace.breaks('G15 nobody is thrown out', `${client.name} has ${inForce(client) ?? 'nobody'}`)
    }
  }
}

/** After all faults are over, with every access token expired: what a request gets. */
export function judgeProbes(world: World, first: number): void {
  const { trace, server } = world
  for (const { client, outcome, id, owners, attempts } of world.requests.slice(first)) {
    const family = owners?.[0]
    if (client.context.state === 'gone' || client.isClosed || family === undefined) continue
    const status = outcome instanceof Error ? outcome.message : outcome?.status
    // Who is not told of changes may be generations behind, and a request is sent twice at most (G11).
    const isBehind = !world.setting.tellsOfChanges && attempts.length === 2 && status === 401
    // An end that was told once is not told again where the session came back out of a store that failed.
    // With cookies, the one who signed in goes on under another id where the store has lost the first.
    const isElsewhere = !!world.jar || inForce(client) !== family
    const isToldBefore = world.isExcused('store trouble') && isElsewhere
    const isOver = server.revoked(family) || client.ended.has(family) || isToldBefore
    if (!isOver && !isBehind && status !== 200) {
      trace.breaks(
        'the session works again once the faults are over',
        `${client.name} ${id}: ${status}`,
      )
    }
    if (world.setting.tellsOfChanges && server.revoked(family) && inForce(client) === family) {
      trace.breaks('G18 a session that is refused ends', `${client.name} ${id}: ${status}`)
    }
  }
}
