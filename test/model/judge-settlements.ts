import { isSessionError } from 'unexpired'
import { inForce, tokenOf, type ActorState } from './actor-state.js'
import { isSurelyFresh } from './judge-attempts.js'
import type { ModelRequest } from './requests.js'
import { ModelAbort, ModelNetworkError, type Answer } from './subject.js'

/** A request has ended: may it end so? */
export function judgeSettlement(
  request: ModelRequest,
  result: { readonly value: unknown } | { readonly error: unknown },
): void {
  const { trace } = request.actor.world
  if (request.settlements > 1) trace.breaks('every request settles once', request.id)
  if ('error' in result) judgeError(request, result.error)
  else judgeAnswer(request, result.value as Answer | undefined)
}

function judgeAnswer(
  { id, actor, attempts, kind }: ModelRequest,
  answer: Answer | undefined,
): void {
  const { trace } = actor.world
  const last = attempts.at(-1)
  if (!last || !answer || answer !== last.answer || answer.request !== id) {
    trace.breaks('a request gets the answer of its last attempt', id)
    return
  }
  // What a slow verdict meets may have changed since it was asked for.
  const isDoubted = kind === 'slow verdict' && actor.knowledge.inDoubt(last.token ?? '') !== 'no'
  const mayBe401 =
    attempts.length === 2 ||
    last.token === undefined ||
    last.inDoubt !== 'no' ||
    kind === 'once only' ||
    // Nothing tells any more which tokens are in doubt.
    actor.closed ||
    isDoubted
  if (answer.status === 401 && !mayBe401) {
    trace.breaks('G11 a 401 is handed over only where no refresh can help', id)
  }
}

function judgeError(request: ModelRequest, error: unknown): void {
  const { id, actor, attempts } = request
  const { trace } = actor.world
  if (error instanceof ModelAbort) {
    if (error.message !== id || request.abortedIn === undefined) {
      trace.breaks('G12 an abort rejects the aborted request', `${id} got that of ${error.message}`)
    }
  } else if (error instanceof ModelNetworkError) {
    if (attempts.at(-1)?.error !== error) {
      trace.breaks('G28 a network error is handed over as it is', id)
    }
  } else if (isSessionError(error) && error.code === 'session-ended') {
    judgeEnded(request, error.reason, error.response)
  } else if (isSessionError(error) && error.code === 'refresh-unavailable') {
    judgeUnavailable(request, error.retryAfterMs)
  } else {
    trace.breaks('G9 every rejection is typed', `${id} got ${String(error)}`)
  }
}

function judgeEnded(
  { id, actor, owners, attempts }: ModelRequest,
  reason: string,
  response: unknown,
) {
  const { trace, isBurst } = actor.world
  const [owner] = owners === 'unknown' ? [undefined] : owners
  if (!actor.closed) {
    if (owner === undefined && owners !== 'unknown') {
      trace.breaks('G21 a request of nobody does not end with a session', id)
    } else if (owner !== undefined && inForce(actor) === owner && !isBurst) {
      trace.breaks('G15 a session ends only when refused or signed out', `${id}: ${owner} lives`)
    }
    const told = owner === undefined ? undefined : actor.ended.get(owner)
    // Of a session that ended long ago, only that others came since is told.
    const isBlind = actor.world.stores.troubled && actor.world.blindSignOuts > 0
    if (told !== undefined && told !== reason && reason !== 'replaced' && !isBlind) {
      trace.breaks('G19 the reason is that of the end', `${id} got ${reason}, told was ${told}`)
    }
  }
  const turnedAway = attempts.at(-1)?.answer
  const { data = response } = (response ?? {}) as { data?: unknown }
  if (turnedAway && attempts.length === 1 && data !== turnedAway) {
    trace.breaks('G19 the error has the answer that turned the request away', id)
  }
}

function judgeUnavailable({ id, actor, owners }: ModelRequest, retryAfterMs: number): void {
  const { trace, isBurst } = actor.world
  if (!(retryAfterMs > 0)) {
    trace.breaks('G7 an unavailable refresh says when to try again', `${id}: ${retryAfterMs} ms`)
  }
  const token = tokenOf(actor)
  if (token === undefined || isBurst) return
  const isOurs = owners !== 'unknown' && owners.includes(inForce(actor))
  if (isOurs && isAlive(actor, token)) {
    trace.breaks('G20 nobody fails while the access token works', `${id}, with ${token} in force`)
  }
}

const isAlive = (actor: ActorState, token: string): boolean =>
  actor.knowledge.standing(token) === 'alive' && isSurelyFresh(actor, token, 'end')
