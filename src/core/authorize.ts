import { showFailure } from './announcer.js'
import { isSessionError, SessionError } from './errors.js'
import { anyGeneration, type AbortSignalLike, type Waiting, type Want } from './gate.js'
import { unsignedLease, type Lease } from './lease.js'
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
  expired?(outcome: Outcome<R>): boolean | PromiseLike<boolean>
  /**
   * `false`: the request has a body that can be sent only once. Turned away, it is not sent again:
   * the refresh is waited for, and the first outcome handed over.
   *
   * @defaultValue true
   */
  readonly replayable?: boolean | undefined
  /** Ends the waiting at once; ending an attempt that is under way is the attempt's own affair. */
  readonly signal?: AbortSignalLike | undefined
  /**
   * What an abort while waiting rejects with.
   *
   * @defaultValue the signal's reason
   */
  abortReason?(): unknown
}

/** A request, as a client gives it: its methods are called on it. */
export interface AuthorizedRequest<R> extends AuthorizeOptions<R> {
  /** Sends the request with this lease; called once or twice. */
  attempt(lease: Lease): PromiseLike<R>
  /** Makes the session's error one of the client's kind, where its users expect that. */
  dress?(error: Error): Error
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
  isOwnSignal(signal: AbortSignalLike): boolean
  decide(want: Want): Lease | Error | undefined
  wait(want: Want, signal: AbortSignalLike | undefined, fate: Waiting): void
  nextRequestId(): number
  /** Tells listeners what happened so far. */
  tell(): void
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
  authorize<R>(claim: Claim, request: AuthorizedRequest<R>): Promise<R>
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
export function authorize<R>(
  parts: AuthorizeParts,
  { sessionId, isRefresh }: Claim,
  request: AuthorizedRequest<R>,
): Promise<R> {
  const { signal } = request
  const run = new Run(parts, request)
  if (signal) {
    if (signal.aborted) return Promise.reject(run.abortReason())
    if (parts.isOwnSignal(signal)) return run.send(unsignedLease)
  }
  if (isRefresh) return run.send(unsignedLease)
  return run.enter({ sessionId, after: anyGeneration, trigger: 'lifetime-over', requestId: run })
}

/** A class for speed: most requests go straight through, and make few closures on their way. */
class Run<R> {
  /** The outcome that turned the request away, once there is one. */
  private first: Outcome<R> | undefined
  private number = 0

  constructor(
    private readonly parts: AuthorizeParts,
    private readonly request: AuthorizedRequest<R>,
  ) {}

  /** For events: only requests that wait or are turned away have one. */
  id(): number {
    return (this.number ||= this.parts.nextRequestId())
  }

  abortReason(): unknown {
    const { request } = this
    return request.abortReason ? request.abortReason() : request.signal?.reason
  }

  /** Goes on as soon as there is a lease. */
  enter(want: Want): Promise<R> {
    const { parts, request } = this
    const answer = parts.decide(want)
    if (answer instanceof Error) return Promise.reject(this.dressed(answer))
    if (answer) return this.go(answer)
    return new Promise<R>((resolve, reject) => {
      parts.wait(want, request.signal, {
        go: (lease) => resolve(this.go(lease)),
        fail: (error) => reject(this.dressed(error)),
        abort: () => reject(this.abortReason()),
      })
    })
  }

  private dressed(error: Error): Error {
    return this.request.dress?.(error) ?? error
  }

  private go(lease: Lease): Promise<R> {
    const { first, request, parts } = this
    if (!first) return this.send(lease)
    if (request.replayable === false) return Promise.resolve(settle(first))
    parts.replayed(this.id())
    const sent = this.send(lease)
    parts.tell()
    return sent
  }

  send(lease: Lease): Promise<R> {
    let answer: Promise<R>
    try {
      answer = Promise.resolve(this.request.attempt(lease))
    } catch (error) {
      answer = Promise.reject(error)
    }
    // A request without a token gets its own answer, whatever it says (G21).
    if (lease.sessionId === undefined) return answer
    return answer.then(
      (value) => this.judge({ value }, lease),
      (error: unknown) => this.judge({ error }, lease),
    )
  }

  private judge(outcome: Outcome<R>, lease: Lease): R | Promise<R> {
    const { request } = this
    try {
      const verdict = request.expired ? request.expired(outcome) : isUnauthorized(outcome)
      if (!isThenable(verdict)) return this.conclude(outcome, lease, verdict)
      return Promise.resolve(verdict).then(
        (isExpired) => this.conclude(outcome, lease, isExpired),
        (error: unknown) => notJudged(outcome, error),
      )
    } catch (error) {
      return notJudged(outcome, error)
    }
  }

  private conclude(outcome: Outcome<R>, lease: Lease, isExpired: boolean): R | Promise<R> {
    const { first, request, parts } = this
    if (!isExpired) {
      if (first) parts.accepted(lease)
      return settle(outcome)
    }
    if (!parts.turnedAway(lease, this.id(), first ? 2 : 1) || first) {
      parts.tell()
      return settle(outcome)
    }
    if (request.signal?.aborted) return Promise.reject(this.abortReason())
    this.first = outcome
    const { sessionId, generation: after } = lease
    const again = this.enter({
      sessionId,
      after,
      trigger: 'turned-away',
      requestId: this,
      response: responseOf(outcome),
    })
    if (request.replayable !== false) return again
    // It cannot be sent again, so a refresh that is unavailable changes nothing for it.
    return again.catch((error: unknown) =>
      isSessionError(error) && error.code === 'refresh-unavailable'
        ? settle(outcome)
        : Promise.reject(error),
    )
  }
}

/** What the app's `expired` threw is shown, and the outcome handed over as it is. */
function notJudged<R>(outcome: Outcome<R>, error: unknown): R | Promise<R> {
  showFailure(error)
  return settle(outcome)
}

function settle<R>(outcome: Outcome<R>): R | Promise<R> {
  return 'error' in outcome ? Promise.reject(outcome.error) : outcome.value
}

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
