import { aborted, until, type AbortSignalLike, type Watch } from './aborts.js'
import { showFailure } from './announcer.js'
import { sign, type Credential, type CredentialHeaders, type HeaderOptions } from './credential.js'
import { isSessionError } from './errors.js'
import { anyGeneration, type Waiting, type Want } from './gate.js'
import { unsignedLease, type Lease } from './lease.js'
import { isUnauthorized, responseOf, settle } from './outcomes.js'
import type { AuthorizedRequest, Claim, Outcome } from './port.js'
import { isThenable } from './promises.js'
import type { Shown, Traffic } from './traffic.js'

/** What `authorize` needs of a session. */
export interface AuthorizeParts {
  readonly credential: Credential | undefined
  readonly traffic: Traffic
  tokenHeaders(lease: Lease, how: HeaderOptions): CredentialHeaders
  /** Calls `fail` when the session that this is wanted of ends; the function that it returns stops that. */
  onEnd(want: Want, fail: (error: Error) => void): () => void
  decide(want: Want): Lease | Error | undefined
  wait(want: Want, signal: AbortSignalLike | undefined, fate: Waiting): void
  nextRequestId(): number
  /** So many more attempts are under way. */
  sent(change: 1 | -1): void
  /** Tells listeners what happened so far. */
  tell(): void
  /** An attempt with this lease was turned away; false when its answer is to be taken as it is. */
  turnedAway(lease: Lease, requestId: number, attempt: 1 | 2): boolean
  replayed(requestId: number): void
  /** A replay with this lease was taken. */
  accepted(lease: Lease): void
}

/** Lease, attempt, expired? Then newer tokens, and a replay: the whole life of a request. */
export function authorize<R>(
  parts: AuthorizeParts,
  claim: Claim,
  request: AuthorizedRequest<R>,
): Promise<R> {
  const { signal } = request
  const run = new Run(parts, request)
  if (signal?.aborted) return Promise.reject(run.abortReason())
  if (!parts.traffic.watch.requests) return run.begin(claim)
  const answer = run.watched(() => run.begin(claim))
  parts.tell()
  return answer
}

/** For one attempt; more are needed only where tokens change while it is signed. */
const mostSignings = 3

/** A class for speed: most requests go straight through, and make few closures on their way. */
class Run<R> {
  /** The outcome that turned the request away, once there is one. */
  private first: Outcome<R> | undefined
  private number = 0
  private signings = 0
  /** Somebody is told of it. */
  private isWatched = false

  constructor(
    private readonly parts: AuthorizeParts,
    private readonly request: AuthorizedRequest<R>,
  ) {}

  /** For events: only requests that they tell of have one. */
  id(): number {
    return (this.number ||= this.parts.nextRequestId())
  }

  shown(): Shown | undefined {
    return this.parts.traffic.shown(this.request)
  }

  /** One that is unsigned passes straight through. */
  begin({ sessionId, isUnsigned }: Claim): Promise<R> {
    return isUnsigned
      ? this.send(unsignedLease, this.parts.tokenHeaders(unsignedLease, this.request))
      : this.enter({ sessionId, after: anyGeneration, trigger: 'lifetime-over', requestId: this })
  }

  /** Its end is told, too. */
  watched(go: () => Promise<R>): Promise<R> {
    this.isWatched = true
    return this.parts.traffic.follow(this.id(), this.request.signal, go)
  }

  abortReason(): unknown {
    const { request } = this
    return request.abortReason ? request.abortReason() : request.signal?.reason
  }

  private aborts(): Watch[] {
    return aborted(this.request.signal, () => this.abortReason())
  }

  /** Goes on as soon as there is a lease. */
  enter(want: Want): Promise<R> {
    return this.follow(this.parts.decide(want), want)
  }

  private follow(answer: Lease | Error | undefined, want: Want): Promise<R> {
    const { parts, request } = this
    if (answer instanceof Error) return Promise.reject(this.dressed(answer))
    if (answer) return this.go(answer, want)
    return new Promise<R>((resolve, reject) => {
      parts.wait(want, request.signal, {
        go: (lease) => resolve(this.go(lease, want)),
        fail: (error) => reject(this.dressed(error)),
        abort: () => reject(this.abortReason()),
      })
    })
  }

  private dressed(error: Error): Error {
    return this.request.dress?.(error) ?? error
  }

  private go(lease: Lease, want: Want): Promise<R> {
    const { first, request, parts } = this
    if (first && request.replayable === false) return Promise.resolve(settle(first))
    if (parts.credential && hasToken(lease) && !request.isBare) {
      return this.sign(parts.credential, lease, want)
    }
    return this.start(lease, parts.tokenHeaders(lease, request))
  }

  /** Then it goes, unless the session has ended meanwhile, or has newer tokens: those are signed anew. */
  private sign(
    credential: Credential,
    lease: Lease & { readonly accessToken: string },
    want: Want,
  ): Promise<R> {
    const { parts, request } = this
    const signed = until(sign(credential, lease, request), [
      (fail) => parts.onEnd(want, fail),
      ...this.aborts(),
    ])
    const isLast = (this.signings += 1) >= mostSignings
    const then = (go: () => Promise<R>): Promise<R> => {
      if (request.signal?.aborted) return Promise.reject(this.abortReason())
      const answer = parts.decide(want)
      // Tokens that live shorter than it takes to sign make no loop.
      const isDone = answer === lease || (isLast && !(answer instanceof Error))
      return isDone ? go() : this.follow(answer, want)
    }
    return signed.then(
      (headers) =>
        then(() => {
          const sent = this.start(lease, headers)
          parts.tell()
          return sent
        }),
      (error: unknown) =>
        then(() => Promise.reject(isSessionError(error) ? this.dressed(error) : error)),
    )
  }

  private start(lease: Lease, headers: CredentialHeaders): Promise<R> {
    const { first, parts } = this
    this.signings = 0
    if (!first) return this.send(lease, headers)
    parts.replayed(this.id())
    const sent = this.send(lease, headers)
    parts.tell()
    return sent
  }

  send(lease: Lease, headers: CredentialHeaders): Promise<R> {
    // Begun before anybody listened: from here on it is told of, too.
    return this.parts.traffic.watch.requests && !this.isWatched
      ? this.watched(() => this.dispatch(lease, headers))
      : this.dispatch(lease, headers)
  }

  private dispatch(lease: Lease, headers: CredentialHeaders): Promise<R> {
    let answer: Promise<R>
    try {
      answer = Promise.resolve(this.request.attempt(lease, headers))
    } catch (error) {
      answer = Promise.reject(error)
    }
    const { traffic } = this.parts
    if (!this.request.isBare && traffic.watch.requests) {
      traffic.left(lease, this.id(), this.first ? 2 : 1, this.request)
    }
    // A request without a token gets its own answer, whatever it says (G21).
    if (lease.sessionId === undefined) return answer
    this.parts.sent(1)
    return answer.then(
      (value) => this.judge({ value }, lease),
      (error: unknown) => this.judge({ error }, lease),
    )
  }

  private judge(outcome: Outcome<R>, lease: Lease): R | Promise<R> {
    const { request } = this
    this.parts.sent(-1)
    try {
      const verdict = request.expired ? request.expired(outcome) : isUnauthorized(outcome)
      if (!isThenable(verdict)) return this.conclude(outcome, lease, verdict)
      const shown = Promise.resolve(verdict).then(
        (isExpired) => () => this.conclude(outcome, lease, isExpired),
        (error: unknown) => () => this.notJudged(outcome, error),
      )
      return until(shown, this.aborts()).then((end) => end())
    } catch (error) {
      return this.notJudged(outcome, error)
    }
  }

  /** What the app's `expired` threw is shown, and the outcome handed over as it is. */
  private notJudged(outcome: Outcome<R>, error: unknown): R | Promise<R> {
    showFailure(error, this.parts.traffic.known)
    return settle(outcome)
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
    if (request.replayable !== false) request.setAside?.()
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

const hasToken = (lease: Lease): lease is Lease & { readonly accessToken: string } =>
  lease.accessToken !== undefined
