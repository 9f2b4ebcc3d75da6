import type { Dispatcher } from 'undici'
import type { CredentialHeaders, RequestTarget } from '../../core/credential.js'
import type { Lease } from '../../core/lease.js'
import type { AuthorizedRequest, Claim, Outcome } from '../../core/port.js'
import { discard } from '../bodies.js'
import type { RequestSession } from '../client-options.js'
import { absoluteUrl } from '../places.js'
import { Attempt, type Exchange } from './attempt.js'
import { canRemember, canSendTwice, RememberedBody, type BodyGiven } from './bodies.js'
import { Control, type Controlled, type Controller } from './control.js'
import {
  copyOfHeaders,
  textOf,
  withCredential,
  type Headers,
  type HeadersGiven,
} from './headers.js'
import type { KeptAnswer } from './kept-answer.js'
import type { ReadyUndiciOptions } from './options.js'
import { redirectRefused, type Leaving } from './redirects.js'
import type { ShownResponse } from './shown-response.js'
import { onFailure } from './stream-failure.js'
import { targetOf } from './target.js'
import { askExpired, type Verdict } from './verdict.js'

/** As far as it concerns us: undici types neither the signal nor what is ours. */
export interface Options extends Dispatcher.DispatchOptions {
  session?: RequestSession
  signal?: AbortSignal | null
}

/** What the requests of one composed dispatcher have in common. */
export interface SessionClient {
  readonly options: ReadyUndiciOptions
  readonly dispatch: Dispatcher.Dispatch
  /** A redirect of which undici is being told the end: it may send the next hop at once. */
  leaving: Leaving | undefined
  isAllowed(origin: string): boolean
}

/** undici's redirects say so, with the URLs so far: that of the answer is the last. */
interface Context {
  readonly history?: readonly URL[]
}

/** One request, in up to two attempts. A class for speed: the way of a live token makes few closures. */
export class SessionRequest implements AuthorizedRequest<ShownResponse>, Exchange, Controlled {
  readonly control: Control
  replayable: boolean
  readonly header: string
  readonly scheme: string
  /** What undici said to the last attempt: whether there is room for more requests. */
  isTaken = true
  private readonly given: Dispatcher.DispatchOptions
  private readonly headers: HeadersGiven
  private readonly remembered: RememberedBody | undefined
  private current: Attempt | undefined
  /** The answer before the attempt under way, which turned the request away. */
  private previous: Attempt | undefined
  private context: Context | undefined
  private isStarted = false
  private isEnded = false
  /** Where a redirect leads. */
  private location: string | undefined
  private names: readonly string[] = []
  private history: Context['history']
  private isJudged = false
  private verdict: Verdict = false
  private unwatch: (() => void) | undefined

  constructor(
    private readonly client: SessionClient,
    { session, ...given }: Options,
    readonly handler: Dispatcher.DispatchHandler,
    readonly claim: Claim,
  ) {
    const { header, scheme } = client.options
    const { body, signal } = given
    this.header = header
    this.scheme = scheme
    // The caller may use the objects again while this request waits.
    this.given = given
    this.headers = copyOfHeaders(given.headers ?? null)
    if (typeof given.origin === 'object') given.origin = given.origin.origin
    this.control = new Control(this, signal ?? undefined)
    const mayReplay = !(session && session.replay === false)
    if (mayReplay && canRemember(body, this.headers)) this.remembered = new RememberedBody(body)
    this.replayable = mayReplay && (!!this.remembered || canSendTwice(body))
  }

  get signal(): Control {
    return this.control
  }

  get request(): RequestTarget {
    return targetOf(this.given)
  }

  get inner(): Controller | undefined {
    return this.current?.controller
  }

  attempt(lease: Lease, credential: CredentialHeaders): Promise<ShownResponse> {
    const { given, client } = this
    // undici takes anything that can be iterated, and types only some of it.
    const body = (this.remembered ?? given.body ?? null) as BodyGiven
    this.previous = this.current
    this.previous?.drop(false)
    const attempt = new Attempt(this)
    this.current = attempt
    // Without a session it gets its own answer, whatever that says (G21).
    this.isJudged = lease.sessionId !== undefined
    this.names = Object.keys(credential)
    const headers = withCredential(this.headers, credential)
    // Others may change what they are given: each attempt has its own.
    this.isTaken = client.dispatch({ ...given, headers, body }, attempt)
    this.unwatch?.()
    return attempt.answer
  }

  expired(outcome: Outcome<ShownResponse>): Verdict {
    if ('error' in outcome) return false
    const { method } = this.given
    // A POST that was led on may have been taken, and must not be sent again.
    if (this.history?.length && method !== 'GET' && method !== 'HEAD') this.replayable = false
    return this.verdict
  }

  setAside(): void {
    this.current?.doom()
  }

  abortReason(): unknown {
    return this.control.reason
  }

  /** It waits, unsent: the caller can abort it all the same. */
  hold(): void {
    if (this.current || this.isEnded) return
    const { given, handler, control } = this
    // undici listens only to what is sent, and nobody else may: that would end the process.
    this.unwatch = onFailure(given.body, (error) => control.abort(error))
    this.isStarted = true
    this.context = {}
    try {
      handler.onRequestStart?.(control, this.context)
    } catch (error) {
      control.abort(error as Error)
    }
  }

  /** The session has nothing more to do with it. */
  settle(): void {
    this.current?.handOver()
  }

  fail(error: unknown): void {
    if (this.isEnded) return
    const { current, previous, handler, control, replayable, given } = this
    this.onDone()
    current?.drop(true)
    previous?.drop(true)
    try {
      handler.onResponseError?.(control, error as Error)
    } catch {
      // It was the last that this handler is told.
    }
    if (!replayable) discard(given.body)
  }

  onStart(controller: Controller, context: Context | undefined): void {
    const { names, control } = this
    this.history = context?.history
    if (this.history?.length && names.some((name) => name.toLowerCase() !== 'authorization')) {
      controller.abort(redirectRefused(names))
      return
    }
    if (this.isStarted) {
      if (this.context) Object.assign(this.context, context)
      return
    }
    this.isStarted = true
    this.context = context
    this.handler.onRequestStart?.(control, context)
  }

  isDoubtful(response: ShownResponse, kept: KeptAnswer): boolean {
    const { client, isJudged, history } = this
    const { statusCode, headers } = response
    this.location = statusCode >= 300 && statusCode < 400 ? textOf(headers['location']) : undefined
    const from = history?.at(-1)
    // A redirect may have led elsewhere: it is not for others to say.
    const mayTell = isJudged && (!from || client.isAllowed(from.origin))
    this.verdict = mayTell && askExpired(client.options.expired, response, kept)
    return this.verdict !== false
  }

  onPass(): void {
    this.previous?.drop(true)
    this.previous = undefined
  }

  onEnd(trailers: Headers): void {
    const { client, handler, control, claim, location, given } = this
    // A Client does not tell its own origin: then only a whole URL leads anywhere.
    const to = location && absoluteUrl(location, given.origin ? this.request.url : undefined)
    client.leaving = to ? { claim, to } : undefined
    try {
      handler.onResponseEnd?.(control, trailers)
    } finally {
      client.leaving = undefined
    }
    this.onDone()
  }

  onDone(): void {
    this.isEnded = true
    this.remembered?.close()
  }

  onAbort(reason: Error): void {
    if (this.current?.stage === 'passing') this.inner?.abort(reason)
    else this.fail(reason)
  }

  onPause(): void {
    if (this.current?.stage === 'passing') this.inner?.pause()
  }

  onResume(): void {
    if (this.current?.stage === 'passing') this.inner?.resume()
    else this.current?.handOver()
  }
}
