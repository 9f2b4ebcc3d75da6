import { isForked, look, tokenOf, type ActorState } from './actor-state.js'
import { familyOf } from './authority.js'
import type { ModelRequest } from './requests.js'

/** A request is about to be sent with this token: may it? */
export function judgeAttempt(request: ModelRequest, token: string | undefined): void {
  const { actor, attempts, id, owners } = request
  const { world, knowledge, seen } = actor
  const { trace } = world
  const what = `${id} of ${actor.name} leaves with ${token ?? 'nothing'}`
  const first = attempts[0]

  look(actor)
  if (attempts.length >= 2) trace.breaks('G11 at most two attempts a request', what)
  if (first && first.expired !== true) {
    trace.breaks('G28 only an expired answer is replayed', what)
  }
  if (first && request.kind === 'once only') {
    trace.breaks('G27 a body that can be sent once only is sent once', what)
  }
  if (first && first.token === token) {
    trace.breaks('a replay carries other tokens than the first attempt', what)
  }
  if (request.abortedIn !== undefined) trace.breaks('G12 an aborted request is not sent', what)
  if (request.settled) trace.breaks('a settled request is not sent', what)

  const family = token === undefined ? undefined : familyOf(token)
  if (owners !== 'unknown' && !owners.includes(family)) {
    const made = owners.map((owner) => owner ?? 'nobody').join(' or ')
    trace.breaks(
      'G24 no request goes with the tokens of another session',
      `${what}, made in ${made}`,
    )
  }
  if (token === undefined || family === undefined) return
  if (actor.ended.has(family)) {
    trace.breaks('G23 no request goes with the tokens of a session that ended', what)
  }
  if (knowledge.standing(token) === 'dead') {
    trace.breaks('G3 no request goes with tokens that were turned down', what)
  }
  // Who waited for newer tokens takes them as they come: no lifetime, however short, loops (G37).
  const isFirstUse = !request.isBeingMade && (seen.get(token) ?? world.now) === world.now
  // A store that was out of order may have kept them for longer than anybody could tell.
  const isHearsay = isForked(actor) && world.receipts.get(token)?.by !== actor.name
  if (knowledge.isOver(token) && !isFirstUse && !isHearsay) {
    trace.breaks('G36 no request goes with tokens past their lifetime', what)
  }
}

/** A request was just made: nothing may hold it back while the tokens are good (G3, G20, G42). */
export function judgeDelay(request: ModelRequest, token: string | undefined): void {
  const { actor, attempts, owners } = request
  const { world, subject, knowledge, closed } = actor
  if (closed || subject.status === 'restoring' || actor.signingIn || owners === 'unknown') return
  if (attempts.length || tokenOf(actor) !== token) return
  const isGood =
    token === undefined ||
    (knowledge.standing(token) === 'alive' && isSurelyFresh(actor, token, 'hold'))
  if (isGood) {
    const what = `${request.id} of ${actor.name} is held, with ${token ?? 'nobody signed in'}`
    world.trace.breaks('G3 nobody is held while the tokens are good', what)
  }
}

/** Fresh, and no clock was set meanwhile that could make a session think otherwise. */
export function isSurelyFresh(
  { world, knowledge }: ActorState,
  token: string,
  margin: 'end' | 'hold' | 'ahead',
): boolean {
  return world.wallSteps === 0 && knowledge.isFresh(token, margin)
}

/** An answer has been judged, and the session is about to hear of it. */
export function judgeVerdict(request: ModelRequest, isExpired: boolean, isCertain: boolean): void {
  const { actor, attempts } = request
  const { knowledge, world } = actor
  const attempt = attempts.at(-1)
  if (!attempt) return
  if (attempt.expired !== undefined) {
    world.trace.breaks('each answer is judged once', `${request.id}.${attempts.length}`)
  }
  attempt.expired = isExpired
  const { token } = attempt
  if (!isExpired || token === undefined) return
  const now = tokenOf(actor)
  if (attempts.length > 1) {
    if (token === now) knowledge.turnDownReplay(token, isCertain)
    return
  }
  if (token === now) {
    attempt.inDoubt = knowledge.inDoubt(token)
    knowledge.turnDown(token, isCertain)
  }
  const isQuiet = !actor.closed && !actor.signingIn && request.abortedIn === undefined
  if (!isCertain || !isQuiet || now === undefined || isForked(actor)) return
  if (token === now) {
    if (attempt.inDoubt === 'yes') request.expects = 'its own answer at once'
  } else if (
    familyOf(now) === familyOf(token) &&
    knowledge.standing(now) === 'alive' &&
    isSurelyFresh(actor, now, 'hold')
  ) {
    request.expects = request.kind === 'once only' ? 'its own answer at once' : 'replay at once'
  }
}
