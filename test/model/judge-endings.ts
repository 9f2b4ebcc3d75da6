import type { Actor } from './actor.js'
import { inForce, isForked, tokenOf } from './actor-state.js'
import { familyOf } from './authority.js'
import type { ModelRequest } from './requests.js'
import type { World } from './world.js'

/** What the app asked for last, of sign-ins and sign-outs. */
export interface LastWord {
  readonly by: Actor
  readonly what: 'sign in' | 'sign out'
}

/** Everything has come to rest, and all deadlines have passed: what must hold now? */
export function judgeEndings(
  world: World,
  actors: readonly Actor[],
  requests: readonly ModelRequest[],
): void {
  const { trace } = world
  for (const { id, settled } of requests) {
    if (!settled) trace.breaks('G9 every request settles', `${id} is left waiting`)
  }
  for (const actor of actors) {
    for (const what of actor.open) trace.breaks('G9 every call settles', what)
    judgeTelling(actor)
    judgeStore(world, actor)
  }
}

function judgeTelling(actor: Actor): void {
  const { name, world, lived, ended, revived } = actor
  for (const family of lived) {
    const isOver = inForce(actor) !== family && !revived.has(family)
    if (isOver && !actor.closed && !ended.has(family)) {
      world.trace.breaks(
        'G18 each end is told once',
        `${name} was not told of the end of ${family}`,
      )
    }
  }
  const now = inForce(actor)
  if (now !== undefined && ended.has(now)) {
    world.trace.breaks('G18 only an end is told', `${name}: ${now} lives`)
  }
}

/** The store is sound again by now, and has had time to be written to. */
function judgeStore(world: World, actor: Actor): void {
  const { trace, stores } = world
  const { name, subject, closed, ended } = actor
  if (closed || stores.isGone) return
  const kept = stores.kept()
  const family = inForce(actor)
  if (family !== undefined) {
    const isBehind =
      kept?.sessionId === subject.sessionId && kept !== undefined
        ? kept.generation < subject.generation
        : kept === undefined
    if (isBehind) {
      trace.breaks(
        'G30 G31 the store has what memory gave out',
        `${name} has generation ${subject.generation}, the store ${kept?.generation ?? 'nothing'}`,
      )
    }
  }
  const knows = world.scenario.watch && !stores.troubled
  const isSame = kept?.sessionId === subject.sessionId && kept?.generation === subject.generation
  if (knows && (family ?? kept?.tokens) !== undefined && !isSame) {
    trace.breaks(
      'who shares a store shares the session',
      `${name} has ${tokenOf(actor)}, the store ${kept?.tokens?.accessToken}`,
    )
  }
  const keptFamily = kept?.tokens && familyOf(kept.tokens.accessToken)
  if (
    keptFamily !== undefined &&
    ended.has(keptFamily) &&
    !isForked(actor) &&
    !actor.revived.has(keptFamily)
  ) {
    trace.breaks('G23 nothing is resurrected in the store', `it has ${kept?.tokens?.accessToken}`)
  }
}

/** With one session object, what the app said last counts. */
export function judgeLastWord(world: World, actors: readonly Actor[], last: LastWord): void {
  const [only] = actors
  if (actors.length !== 1 || !only || only.closed) return
  // A record that cannot be read counts as none (G32): who is found there later is somebody new.
  if (world.scenario.storeFates.includes('garbage') || only.revived.size) return
  const now = inForce(only)
  if (last.what === 'sign out') {
    if (now !== undefined) world.trace.breaks('G23 the last sign-out counts', `${now} lives`)
  } else if (now === undefined && ![...world.refused].length) {
    world.trace.breaks('the last sign-in counts', 'nobody is signed in')
  }
}
