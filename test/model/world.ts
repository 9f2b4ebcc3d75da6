import type { Scheduler } from 'fast-check'
import type { StoredSession } from 'unexpired'
import { createAuthority, familyOf, type Grant } from './authority.js'
import type { Receipts } from './knowledge.js'
import { createModelClock } from './model-clock.js'
import type { RefreshFate, Scenario } from './scenario.js'
import { createStoreKit } from './scheduled-store.js'
import { createTrace } from './trace.js'

/** One call of the refresh function, as the world saw it. */
export interface RefreshCall {
  readonly id: string
  readonly actor: string
  readonly accessToken: string
  readonly refreshToken: string | undefined
  /** How it ended for the client: `dropped` by an abort before any answer. */
  end: 'tokens' | 'refused' | 'unavailable' | 'dropped' | undefined
  /** The server gave a new refresh token for the one that was spent. */
  rotated: boolean
  /** The abort came from a `close()`, not from a deadline or a sign-out. */
  droppedByClose: boolean
}

/** Everything outside of the sessions under test, in one run. */
export function createWorld(scenario: Scenario, scheduler: Scheduler) {
  const clock = createModelClock()
  const trace = createTrace(clock)
  const receipts: Receipts = new Map()
  /** Each session id stands for one family of tokens, or users are mixed up. */
  const families = new Map<string, string>()
  const fates: RefreshFate[] = [...scenario.refreshes]
  const calls: RefreshCall[] = []
  let now = 0
  let isBurst = false
  let wallSteps = 0

  const step = (label: string): Promise<void> =>
    scheduler.schedule(Promise.resolve(), label).then(() => undefined)

  const world = {
    scenario,
    clock,
    trace,
    receipts,
    calls,
    step,
    authority: createAuthority({ clock, lifetime: scenario.lifetime, grace: scenario.grace }),
    stores: createStoreKit({ scenario, clock, trace, step }),
    /** Families whose refresh token the server has refused. */
    refused: new Set<string>(),
    /** Families that the app signed out of, in whichever session object. */
    signedOut: new Set<string>(),
    /** Sign-outs said where nobody was known to be signed in yet. */
    blindSignOuts: 0,
    /** Families that were in force where the app signed in anew. */
    replaced: new Set<string>(),
    /** Flights that went on without their turn. */
    missedTurns: 0,
    /** Session objects so far. */
    actors: 0,
    /** How often the app has signed in. */
    signIns: 0,
    nextFate: (): RefreshFate => fates.shift() ?? 'ok',

    /** Grows with each thing that the scheduler or the clock lets happen. */
    get now() {
      return now
    },
    /** The last step has not come to rest before this one. */
    get isBurst() {
      return isBurst
    },
    get wallSteps() {
      return wallSteps
    },
    tick(burst: boolean): void {
      now += 1
      isBurst = burst
    },
    stepWall(ms: number): void {
      wallSteps += 1
      trace.note(`the wall clock is set ${ms > 0 ? 'forward' : 'back'} by ${Math.abs(ms)} ms`)
      clock.stepWall(ms)
    },

    sleep(ms: number): void {
      wallSteps += 1
      trace.note(`the machine sleeps for ${ms} ms`)
      clock.sleepMachine(ms)
    },
    /** What the store holds from before the run. */
    firstRecord(): StoredSession {
      const grant = world.authority.signIn('ann')
      world.received(grant, 'an earlier page')
      world.signIns += 1
      const tokens = tokensOf(grant)
      return { version: 1, sessionId: 'stored', generation: 1, receivedAt: clock.now(), tokens }
    },
    /** These tokens have reached `by` from the server. */
    received(grant: Grant, by: string): void {
      const { family, accessToken, expiresIn } = grant
      receipts.set(accessToken, {
        family,
        by,
        lifetimeMs: expiresIn === undefined ? undefined : expiresIn * 1000,
        wall: clock.now(),
        monotonic: clock.monotonic(),
      })
    },

    /** Learns, or checks, whose a session id is. */
    isOf(sessionId: string | undefined, accessToken: string | undefined): void {
      if (!sessionId || !accessToken) return
      const family = familyOf(accessToken)
      const known = families.get(sessionId)
      if (known === undefined) families.set(sessionId, family)
      else if (known !== family) {
        trace.breaks('a session has the tokens of one sign-in only', `${known} got ${accessToken}`)
      }
    },
    familyOf: (sessionId: string | undefined): string | undefined =>
      sessionId === undefined ? undefined : families.get(sessionId),
  }
  return world
}

export type World = ReturnType<typeof createWorld>

/** What a session is given of a grant. */
export const tokensOf = ({ accessToken, refreshToken, expiresIn }: Grant) => ({
  accessToken,
  ...(refreshToken === undefined ? undefined : { refreshToken }),
  ...(expiresIn === undefined ? undefined : { expiresIn }),
})
