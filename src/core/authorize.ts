import { callSafely } from './announcer.js'
import { SessionError } from './errors.js'
import { anyGeneration, type AbortSignalLike, type Want } from './gate.js'
import type { Lease } from './lease.js'
import { unsignedLease } from './lease.js'
import { isThenable } from './promises.js'

/** What came of an attempt. */
export type Outcome<R> = { readonly value: R } | { readonly error: unknown }

/** How `authorize` is to treat one request. */
export interface AuthorizeOptions<R> {
  /**
   * Whether this outcome says that the access token has expired. It is asked once for each attempt
   * that was sent with a lease.
   *
   * @defaultValue a `status` of 401, on the value, on the error, or on the error's `response`
   */
  expired?(this: void, outcome: Outcome<R>): boolean | PromiseLike<boolean>
  /**
   * `false`: the request has a body that can be sent only once. Turned away, it is not sent again:
   * the refresh is waited for, and the first outcome handed over.
   *
   * @defaultValue true
   */
  replayable?: boolean | undefined
  /** Ends the waiting at once; ending an attempt that is under way is the attempt's own affair. */
  signal?: AbortSignalLike | undefined
  /**
   * What an abort while waiting rejects with.
   *
   * @defaultValue the signal's reason
   */
  abortReason?(this: void): unknown
}

/** Whose a request is, taken when it is made. */
export interface Claim {
  /** The session that it belongs to. */
  readonly sessionId: string | undefined
  /** It is the refresh itself: it passes straight through. */
  readonly isRefresh: boolean
}

/** What `authorize` needs of a session. */
export interface AuthorizeParts {
  claim(): Claim
  isOwnSignal(signal: AbortSignalLike | undefined): boolean
  decide(want: Want): Lease | Error | undefined
  wait(
    want: Want,
    signal: AbortSignalLike | undefined,
    go: (lease: Lease) => void,
    fail: (error: unknown) => void,
    abortReason: () => unknown,
  ): void
  nextRequestId(): number
  /** An attempt with this lease was turned away; false when its answer is to be taken as it is. */
  turnedAway(lease: Lease, requestId: number, attempt: 1 | 2): boolean
  replayed(requestId: number): void
  /** A replay with this lease was taken. */
  accepted(lease: Lease): void
}

/** How clients reach a session, whichever copy of this package made it. */
export interface SessionPort {
  /** Whose a request is that is made now. */
  claim(): Claim
  /** As `session.authorize`, for a request that was made earlier. */
  authorize<R>(
    claim: Claim,
    attempt: (lease: Lease) => PromiseLike<R>,
    options: AuthorizeOptions<R>,
  ): Promise<R>
}

const portKey = Symbol.for('unexpired.port')

/** Hangs the port on a session, out of sight. */
export function providePort<S extends object>(session: S, port: SessionPort): S {
  return Object.defineProperty(session, portKey, { value: port })
}

/** @throws SessionError `invalid-option`, when `session` was not made by `createSession` */
export function portOf(session: object, who: string): SessionPort {
  const port = (session as { [portKey]?: SessionPort } | undefined)?.[portKey]
  if (port) return port
  throw new SessionError(
    'invalid-option',
    `${who}: expected a session made by createSession, got ${session === null ? 'null' : typeof session}`,
  )
}

/** Lease, attempt, expired? Then newer tokens, and a replay: the whole life of a request. */
export function createAuthorize(parts: AuthorizeParts): SessionPort['authorize'] {
  return function authorize<R>(
    claim: Claim,
    attempt: (lease: Lease) => PromiseLike<R>,
    options: AuthorizeOptions<R>,
  ): Promise<R> {
    const { expired = isUnauthorized, replayable = true, signal } = options
    const abortReason = options.abortReason ?? (() => signal?.reason)
    let id = 0
    const requestId = (): number => (id ||= parts.nextRequestId())

    /** Goes on as soon as there is a lease. */
    function enter(want: Want, go: (lease: Lease) => Promise<R>): Promise<R> {
      const answer = parts.decide(want)
      if (answer instanceof Error) return Promise.reject(answer)
      if (answer) return go(answer)
      return new Promise<R>((resolve, reject) => {
        parts.wait(want, signal, (lease) => resolve(go(lease)), reject, abortReason)
      })
    }

    function send(lease: Lease, isReplay: boolean): Promise<R> {
      let answer: Promise<R>
      try {
        answer = Promise.resolve(attempt(lease))
      } catch (error) {
        answer = Promise.reject(error as Error)
      }
      // A request without a token gets its own answer, whatever it says (G21).
      if (lease.sessionId === undefined) return answer
      return answer.then(
        (value) => judge({ value }, lease, isReplay),
        (error: unknown) => judge({ error }, lease, isReplay),
      )
    }

    function judge(outcome: Outcome<R>, lease: Lease, isReplay: boolean): R | Promise<R> {
      const verdict = callSafely(() => expired(outcome))
      if (isThenable(verdict)) {
        return Promise.resolve(verdict).then(
          (says) => conclude(outcome, lease, isReplay, says),
          () => settle(outcome),
        )
      }
      return conclude(outcome, lease, isReplay, verdict === true)
    }

    function conclude(
      outcome: Outcome<R>,
      lease: Lease,
      isReplay: boolean,
      isExpired: boolean,
    ): R | Promise<R> {
      if (!isExpired) {
        if (isReplay) parts.accepted(lease)
        return settle(outcome)
      }
      const isReplayed = parts.turnedAway(lease, requestId(), isReplay ? 2 : 1)
      if (isReplay || !isReplayed) return settle(outcome)
      if (signal?.aborted) return Promise.reject(abortReason() as Error)
      const { sessionId, generation: after } = lease
      const response = responseOf(outcome)
      const again = enter(
        { sessionId, after, trigger: 'turned-away', requestId, response },
        (newer) => {
          if (!replayable) return settled(outcome)
          parts.replayed(requestId())
          return send(newer, true)
        },
      )
      if (replayable) return again
      // It cannot be sent again, so a refresh that is unavailable changes nothing for it.
      return again.catch((error: unknown) =>
        error instanceof SessionError && error.code === 'refresh-unavailable'
          ? settle(outcome)
          : Promise.reject(error as Error),
      )
    }

    if (signal?.aborted) return Promise.reject(abortReason() as Error)
    if (claim.isRefresh || parts.isOwnSignal(signal)) return send(unsignedLease, false)
    const { sessionId } = claim
    return enter(
      { sessionId, after: anyGeneration, trigger: 'lifetime-over', requestId },
      (lease) => send(lease, false),
    )
  }
}

function settle<R>(outcome: Outcome<R>): R | Promise<R> {
  return 'error' in outcome ? Promise.reject(outcome.error as Error) : outcome.value
}

const settled = <R>(outcome: Outcome<R>): Promise<R> => Promise.resolve(settle(outcome))

interface StatusBearer {
  status?: unknown
  response?: StatusBearer
}

/** The answer in an outcome, where there was one. */
function responseOf(outcome: Outcome<unknown>): unknown {
  return 'error' in outcome ? (outcome.error as StatusBearer | undefined)?.response : outcome.value
}

/** Only a response counts (G28). */
function isUnauthorized(outcome: Outcome<unknown>): boolean {
  const bearer = ('error' in outcome ? outcome.error : outcome.value) as StatusBearer | undefined
  return bearer?.status === 401 || bearer?.response?.status === 401
}
