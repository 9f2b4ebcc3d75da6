import { aborted, until } from '../../core/aborts.js'
import type { CredentialHeaders, RequestTarget } from '../../core/credential.js'
import type { Lease } from '../../core/lease.js'
import type { AuthorizedRequest, Outcome } from '../../core/port.js'
import { discard, isReplayable } from '../bodies.js'
import type { RequestSession } from '../client-options.js'
import { absoluteUrl, placeOf } from '../places.js'
import { ownBody } from './body.js'
import { ownHeaders, withHeaders, type OwnHeaders } from './headers.js'
import { isEmpty, type OwnInit } from './init.js'
import type { ReadyFetchOptions } from './options.js'
import { followRedirects, type Course } from './redirects.js'
import { showResponse, soak } from './shown-response.js'

/** What the requests of one fetch have in common. */
export interface FetchClient {
  readonly options: ReadyFetchOptions
  readonly fetch: typeof fetch
  isAllowed(url: string): boolean
}

/** The methods that fetch writes in capitals, whatever it was given. */
const usualMethod = /^(?:delete|get|head|options|post|put)$/i

/** What is told of a Request when it goes on to another URL. */
const requestKeys = [
  'mode',
  'credentials',
  'cache',
  'referrer',
  'referrerPolicy',
  'integrity',
  'keepalive',
  'signal',
] as const

/** One request, in up to two attempts. */
export class FetchRequest implements AuthorizedRequest<Response> {
  replayable: boolean
  readonly signal: AbortSignal | undefined
  readonly header: string
  readonly scheme: string
  /** The caller's Request; where it has a body, one of our own, which has taken that over. */
  private readonly own: Request | undefined
  private readonly hasOwnBody: boolean
  private readonly headers: OwnHeaders
  /** Where redirects that are followed by hand have led. */
  private course: Course | undefined
  /** The answer before the attempt under way: only a replay has one. */
  private turnedAway: Response | undefined
  private letGoOfAnswer: () => void = () => discard(this.turnedAway?.body)

  /**
   * @param init - our own copy
   * @throws TypeError where the Request is used up, as fetch does
   */
  constructor(
    private readonly client: FetchClient,
    private readonly input: string | Request,
    private readonly init: OwnInit,
    session: RequestSession | undefined,
  ) {
    const { body, signal } = init
    const own = typeof input === 'string' ? undefined : input
    this.replayable = !(session && session.replay === false) && isReplayable(body)
    this.header = client.options.header
    this.scheme = client.options.scheme
    if (body != null) init.body = ownBody(body)
    this.hasOwnBody = own !== undefined && body == null && hasBody(own)
    this.own = own && this.hasOwnBody ? takeOver(own) : own
    this.signal = (signal === undefined ? own?.signal : signal) ?? undefined
    this.headers = init.headers ?? ownHeaders(own?.headers)
    if (own && isEmpty(init)) {
      const { referrer, referrerPolicy } = own
      // With any init at all, as we give one, the platform puts these two back to their defaults.
      const isUsual = referrer === undefined || (referrer === 'about:client' && !referrerPolicy)
      if (!isUsual) Object.assign(init, { referrer, referrerPolicy })
    }
  }

  get request(): RequestTarget {
    const { input, own, init } = this
    const method = init.method ?? own?.method ?? 'GET'
    return {
      method: usualMethod.test(method) ? method.toUpperCase() : method,
      url: absoluteUrl(own?.url ?? (input as string)),
    }
  }

  attempt(lease: Lease, credential: CredentialHeaders): Promise<Response> {
    const { client, init, own, turnedAway } = this
    if (turnedAway) this.letGoOfAnswer()
    const headers = withHeaders(this.headers, credential)
    const names = Object.keys(credential)
    const { redirect = own?.redirect ?? 'follow' } = init
    const isPlain = names.every((name) => name.toLowerCase() === 'authorization')
    if (lease.sessionId === undefined || isPlain || redirect !== 'follow') {
      const { fetch } = client
      return fetch(this.sendable(this.replayable), { ...init, headers })
    }
    return this.follow(headers, names)
  }

  /** @param isKept - the body must outlive this sending */
  private sendable(isKept: boolean): string | Request {
    const { own, input } = this
    return own ? (isKept && this.hasOwnBody ? own.clone() : own) : input
  }

  private async follow(headers: OwnHeaders, names: readonly string[]): Promise<Response> {
    const { client, init, own, request } = this
    const { fetch } = client
    const first = await fetch(this.sendable(true), { ...init, headers, redirect: 'manual' })
    const start: Course = {
      ...request,
      headers: new Headers(headers),
      body: init.body ?? null,
      isSigned: true,
    }
    const more: Record<string, unknown> = {}
    for (const key of requestKeys) if (own?.[key] !== undefined) more[key] = own[key]
    const send = async ({ url, method, headers: left, body: kept }: Course): Promise<Response> => {
      const isSentOn = this.hasOwnBody && method === request.method
      const body = (isSentOn ? await this.ownBytes() : kept) ?? null
      return fetch(url, { ...more, ...init, method, headers: left, body, redirect: 'manual' })
    }
    const arrival = await followRedirects(first, start, names, client.isAllowed, send)
    this.course = arrival.course
    return arrival.response
  }

  private ownBytes(): Promise<ArrayBuffer | undefined> {
    const { own, signal } = this
    const bytes = Promise.resolve(own?.clone().arrayBuffer())
    return until(
      bytes,
      aborted(signal, () => signal?.reason),
    )
  }

  expired(outcome: Outcome<Response>): boolean | PromiseLike<boolean> {
    if ('error' in outcome) return false
    const { value: response } = outcome
    const { options } = this.client
    this.turnedAway = response
    // A redirect may have led elsewhere: it is not for others to say.
    if (this.isRedirected(response) && !this.isHome(response)) return false
    const verdict = options.expired ? this.ask(options.expired, response) : response.status === 401
    return typeof verdict === 'boolean'
      ? this.judged(verdict, response)
      : verdict.then((isExpired) => this.judged(isExpired, response))
  }

  private ask(expired: NonNullable<ReadyFetchOptions['expired']>, response: Response) {
    const shown = showResponse(response)
    // JavaScript may return anything.
    const verdict = expired(shown.response) as Partial<PromiseLike<boolean>> | null
    if (typeof verdict?.then !== 'function') return !!verdict
    return verdict.then(undefined, (error: unknown) => {
      // A body that is no JSON, or none to wait for, does not say that anything has expired.
      if (shown.isHidden() || error instanceof SyntaxError) return false
      throw error
    })
  }

  private judged(isExpired: boolean, response: Response): boolean {
    if (!isExpired) return false
    const { course } = this
    const { method } = this.request
    // A POST that was led on as a GET was taken: it must not be sent again. The platform does not tell.
    const isSafe = method === 'GET' || method === 'HEAD'
    const isChanged = course ? course.method !== method : !isSafe && this.isRedirected(response)
    if (isChanged) this.replayable = false
    return true
  }

  /** Not all platforms tell of it. */
  private isRedirected({ redirected, url }: Partial<Response>): boolean {
    return redirected ?? (!!url && url.replace(/#.*/s, '') !== this.request.url)
  }

  /** The answer is of somebody who was shown the credential: the platform takes it no further. */
  private isHome({ url }: Response): boolean {
    if (this.course) return this.course.isSigned
    const { origin } = placeOf(url)
    return origin === placeOf(this.own?.url ?? (this.input as string)).origin
  }

  setAside(): void {
    if (this.turnedAway) this.letGoOfAnswer = soak(this.turnedAway)
  }

  /** What was under way, or has come, the platform ends by the same signal. */
  abortReason(): unknown {
    this.letGoOfBody()
    return this.signal?.reason
  }

  dress(error: Error): Error {
    const { response } = error as { response?: unknown }
    // It is on the error, or is handed over in its place.
    if (this.replayable && response !== this.turnedAway) this.letGoOfAnswer()
    this.letGoOfBody()
    return error
  }

  /** It will not be sent. */
  private letGoOfBody(): void {
    const { init, own, hasOwnBody } = this
    if (hasOwnBody) discard(own?.body)
    if (!isReplayable(init.body)) discard(init.body)
  }
}

/** One of our own: the caller's is used up, as with any fetch. Another fetch may come with another class. */
function takeOver(given: Request): Request {
  const Kind = given instanceof Request ? Request : (given as Request).constructor
  return new (Kind as typeof Request)(given)
}

/** Some platforms do not show whether there is one. */
const hasBody = ({ body, method }: Request): boolean =>
  body === undefined ? method !== 'GET' && method !== 'HEAD' : body !== null
