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
import { showResponse } from './shown-response.js'

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
  readonly replayable: boolean
  readonly signal: AbortSignal | undefined
  readonly header: string
  readonly scheme: string
  /** The caller's Request; where it has a body, one of our own, which has taken that over. */
  private readonly own: Request | undefined
  private readonly hasOwnBody: boolean
  private readonly headers: OwnHeaders
  /** That of the attempt before. */
  private credential: CredentialHeaders | undefined
  /** Redirects are followed by hand. */
  private isFollowing = false
  /** The answer before the attempt under way: only a replay has one. */
  private turnedAway: Response | undefined

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
    if (turnedAway) discard(turnedAway.body)
    const headers = withHeaders(this.headers, credential, this.credential)
    this.credential = credential
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

  /** To any other origin the platform has followed without the token. */
  private isHome(url: string): boolean {
    const { origin } = placeOf(url)
    return origin === placeOf(this.own?.url ?? (this.input as string)).origin
  }

  private async follow(headers: OwnHeaders, names: readonly string[]): Promise<Response> {
    const { client, init, own, request } = this
    const { fetch } = client
    this.isFollowing = true
    const first = await fetch(this.sendable(true), { ...init, headers, redirect: 'manual' })
    const course: Course = { ...request, headers: new Headers(headers), body: init.body ?? null }
    const more: Record<string, unknown> = {}
    for (const key of requestKeys) if (own?.[key] !== undefined) more[key] = own[key]
    return followRedirects(first, course, names, client.isAllowed, async ({ url, ...next }) => {
      const isSentOn = this.hasOwnBody && next.method === request.method
      const body = isSentOn ? await this.ownBytes() : next.body
      return fetch(url, { ...more, ...init, ...next, body: body ?? null, redirect: 'manual' })
    })
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
    const { options, isAllowed } = this.client
    this.turnedAway = response
    // A redirect may have led elsewhere: it is not for others to say. Not all platforms tell of it.
    const { redirected = true, url } = response as Partial<Response>
    if (redirected && url && !(this.isFollowing ? isAllowed(url) : this.isHome(url))) return false
    if (!options.expired) return response.status === 401
    const shown = showResponse(response)
    // JavaScript may return anything.
    const verdict = options.expired(shown.response) as Partial<PromiseLike<boolean>> | null
    if (typeof verdict?.then !== 'function') return !!verdict
    return verdict.then(undefined, (error: unknown) => {
      // A body that is no JSON, or none to wait for, does not say that anything has expired.
      if (shown.isHidden() || error instanceof SyntaxError) return false
      throw error
    })
  }

  abortReason(): unknown {
    this.letGo(this.turnedAway)
    return this.signal?.reason
  }

  dress(error: Error): Error {
    const { turnedAway } = this
    // It is on the error, or is handed over in its place.
    const isKept = !this.replayable || (error as { response?: unknown }).response === turnedAway
    this.letGo(isKept ? undefined : turnedAway)
    return error
  }

  /** What will not be sent, and what nobody is given to read. */
  private letGo(unread: Response | undefined): void {
    const { init, own, hasOwnBody } = this
    if (hasOwnBody) discard(own?.body)
    if (!isReplayable(init.body)) discard(init.body)
    discard(unread?.body)
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
