import type { RefreshRequest } from 'unexpired'
import { isForked, tokenOf, type ActorState } from './actor-state.js'
import { familyOf } from './authority.js'
import { isSurelyFresh } from './judge-attempts.js'
import type { RefreshCall } from './world.js'

/** At most so many calls in one flight (G9). */
const mostTries = 3

/** Judges the refresh calls of one session object, and the pauses between its flights. */
export function createRefreshJudge(actor: ActorState) {
  const { world, name } = actor
  const { trace, clock } = world
  let tries = 0
  let coolDown: { readonly until: number; readonly token: string | undefined } | undefined

  /** The first answer was thrown away, or the server may never have worked on it: once more is right. */
  function isRetry(before: RefreshCall, call: RefreshCall): boolean {
    if (before.end === 'unavailable') return true
    if (before.end === 'dropped') return !before.droppedByClose || !before.rotated
    // Of another holder, whose word never reached this one, or who has ended the session meanwhile.
    const family = familyOf(call.accessToken)
    const isOver =
      world.signedOut.has(family) || world.replaced.has(family) || world.blindSignOuts > 0
    return isForked(actor) || (isOver && before.actor !== call.actor)
  }

  return {
    begins(call: RefreshCall, { tokens, refreshToken }: RefreshRequest): void {
      const { accessToken } = tokens
      const what = `${name}: ${call.id} spends ${refreshToken} of ${accessToken}`
      const family = familyOf(accessToken)
      if (refreshToken === undefined || familyOf(refreshToken) !== family) {
        trace.breaks('tokens of two sign-ins never mix', what)
      }
      if (actor.ended.has(family)) trace.breaks('G23 no refresh of a session that ended', what)

      for (const before of world.calls) {
        if (before.refreshToken !== refreshToken) continue
        const isSame = before.accessToken === accessToken
        if (!before.end && !isRetry(before, call)) {
          trace.breaks('G1 one refresh at a time', `${what}, and ${before.id} is under way`)
        } else if ((before.end !== 'refused' && before.rotated) || isSame) {
          if (isRetry(before, call)) continue
          const how = before.droppedByClose ? 'thrown away by close()' : before.end
          trace.breaks('G1 one refresh a generation', `${what} again, after ${before.id}: ${how}`)
        }
      }

      const isNeeded =
        isForked(actor) ||
        // What was under way goes on, so that no tokens are lost.
        actor.closed ||
        actor.refreshing > 0 ||
        actor.knowledge.standing(accessToken) !== 'alive' ||
        !isSurelyFresh(actor, accessToken, 'ahead')
      if (!isNeeded) trace.breaks('G2 nothing is refreshed that works', what)

      tries += 1
      if (tries > mostTries) trace.breaks('G9 one flight makes at most three tries', what)
    },

    /** A flight begins. */
    started(trigger: string): void {
      trace.note(`${name}: a flight begins (${trigger})`)
      tries = 0
      if (
        coolDown &&
        trigger !== 'requested' &&
        clock.monotonic() < coolDown.until &&
        tokenOf(actor) === coolDown.token
      ) {
        trace.breaks('G7 nothing refreshes during a cool-down', `${name}, ${trigger}`)
      }
    },

    /** A flight goes on without its turn: with two holders, whoever has it is waited for (G5). */
    turnMissed(): void {
      trace.note(`${name}: goes on without a turn`)
      world.missedTurns += 1
      if (world.actors <= 2 && !world.stores.troubled) {
        trace.breaks('G5 a live holder is waited for', name)
      }
    },

    unavailable(retryAfterMs: number): void {
      trace.note(`${name}: the refresh is unavailable for ${Math.round(retryAfterMs)} ms`)
      coolDown = { until: clock.monotonic() + retryAfterMs, token: tokenOf(actor) }
    },
  }
}
