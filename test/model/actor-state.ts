import { familyOf } from './authority.js'
import { createKnowledge, type Knowledge } from './knowledge.js'
import type { Subject } from './subject.js'
import type { World } from './world.js'

/** What the run knows of one session object from outside. */
export interface ActorState {
  readonly name: string
  readonly world: World
  readonly knowledge: Knowledge
  readonly subject: Subject
  closed: boolean
  /** The app has signed in, and has not heard yet that it is done. */
  signingIn: { readonly family: string; readonly insteadOf: string | undefined } | undefined
  /** `refresh()` calls of the app that are not settled. */
  refreshing: number
  /** Families that were in force here and are not any more, with the reason that was told. */
  readonly ended: Map<string, string>
  /** How often each end was told, by session id. */
  readonly told: Map<string, number>
  /** In which step an access token was first seen in force here. */
  readonly seen: Map<string, number>
  /** Families that were in force here at some time. */
  readonly lived: Set<string>
  /** Of these, those that came back from a store that had not said that it keeps them. */
  readonly revived: Set<string>
}

export function createActorState(name: string, world: World, subject: Subject): ActorState {
  return {
    name,
    world,
    subject,
    knowledge: createKnowledge(name, world.clock, world.receipts),
    closed: false,
    signingIn: undefined,
    refreshing: 0,
    ended: new Map(),
    told: new Map(),
    seen: new Map(),
    lived: new Set(),
    revived: new Set(),
  }
}

/** The access token in force. */
export const tokenOf = ({ subject }: ActorState): string | undefined => subject.tokens?.accessToken

/** The family in force. */
export function inForce(actor: ActorState): string | undefined {
  const token = tokenOf(actor)
  return token === undefined ? undefined : familyOf(token)
}

/** Holders of a store that fails each know what they know, and may have tokens of their own. */
export const isForked = ({ world }: ActorState): boolean =>
  world.actors > 1 && (world.stores.troubled || world.missedTurns > 0)

/** Looks at a session object: it must be of one piece, and nothing that ended may live. */
export function look(actor: ActorState): void {
  const { world, subject, name } = actor
  const { tokens, sessionId } = subject
  const kept = world.stores.kept()
  world.isOf(kept?.sessionId, kept?.tokens?.accessToken)
  if (!tokens) return
  const { accessToken, refreshToken } = tokens
  const family = familyOf(accessToken)
  world.isOf(sessionId, accessToken)
  if (!actor.seen.has(accessToken)) {
    actor.seen.set(accessToken, world.now)
    world.trace.note(`${name}: ${accessToken} is in force`)
  }
  actor.lived.add(family)
  if (refreshToken !== undefined && familyOf(refreshToken) !== family) {
    world.trace.breaks('tokens of two sign-ins never mix', `${accessToken} beside ${refreshToken}`)
  }
  if (!actor.ended.has(family)) return
  // Said while the store could not be read, a sign-out ends who is found there, and only one record tells.
  const isBlind = world.stores.troubled && world.blindSignOuts > 0
  if (isForked(actor) || isBlind) {
    // Its holder never heard that the store had kept it, nor what came of it: it was stored once more.
    actor.ended.delete(family)
    actor.told.clear()
    actor.revived.add(family)
  } else {
    world.trace.breaks('nothing is resurrected after its end', `${name} has ${accessToken} again`)
  }
}
