import type { CredentialHeaders, RequestTarget } from '../../core/credential.js'
import type { Lease } from '../../core/lease.js'
import type { AuthorizedRequest, Outcome } from '../../core/port.js'
import { discard, isReplayable } from '../bodies.js'
import type { RequestSession } from '../client-options.js'
import { absoluteUrl } from '../places.js'
import { copyOfHeaders, withHeaders } from './headers.js'
import { ownBody } from './body.js'
import type { Fetch, ReadyFetchOptions } from './options.js'
import { fetchFollowing } from './redirects.js'
import { showResponse } from './shown-response.js'

/** What the requests of one fetch have in common. */
export interface FetchClient {
  readonly options: ReadyFetchOptions
  readonly fetch: Fetch
  isAllowed(url: string): boolean
}

/** The methods that fetch writes in capitals, whatever it was given. */
const usualMethod = /^(?:delete|get|head|options|post|put)$/i

/** What is told of a Request where it cannot be passed on itself. */
const requestKeys = [
  'method',
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
  private readonly own: Request | undefined
  /** Of a Request with a body: what the replay sends. */
  private spare: Request | undefined
  private bytes: ArrayBuffer | undefined
  /** The answer before the attempt under way: only a replay has one. */
  private turnedAway: Response | undefined

  /** @param init - our own copy */
  constructor(
    private readonly client: FetchClient,
    private readonly input: string | Request,
    private readonly init: RequestInit,
    session: RequestSession | undefined,
  ) {
    const { body, headers, signal } = init
    this.own = typeof input === 'string' ? undefined : input
    this.replayable = !(session && session.replay === false) && isReplayable(body)
    this.signal = (signal === undefined ? this.own?.signal : signal) ?? undefined
    this.header = client.options.header
    this.scheme = client.options.scheme
    if (headers) init.headers = copyOfHeaders(headers)
    if (body) init.body = ownBody(body)
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
    const { fetch } = client
    if (lease.accessToken === undefined) return fetch(this.take(), init)
    const headers = withHeaders(init.headers ?? own?.headers, credential)
    const names = Object.keys(credential)
    const { redirect = own?.redirect ?? 'follow' } = init
    const isPlain = names.every((name) => name.toLowerCase() === 'authorization')
    if (redirect === 'follow' && !isPlain) return this.follow(headers, names)
    return fetch(this.take(), { ...init, headers })
  }

  /** The caller's Request goes first, and is used up then, as with any fetch. */
  private take(): string | Request {
    const { own, spare, replayable } = this
    if (!own) return this.input
    if (spare) return spare
    if (replayable && this.hasOwnBody(own)) this.spare = own.clone()
    return own
  }

  /** The body of the Request is sent; some platforms do not show whether there is one. */
  private hasOwnBody({ body, method }: Request): boolean {
    if (this.init.body != null) return false
    return body === undefined ? method !== 'GET' && method !== 'HEAD' : body !== null
  }

  private async follow(headers: HeadersInit, names: readonly string[]): Promise<Response> {
    const { client, own, request } = this
    const plain: Record<string, unknown> = {}
    if (own) {
      for (const key of requestKeys) if (own[key]) plain[key] = own[key]
      if (this.hasOwnBody(own)) plain['body'] = this.bytes ??= await own.arrayBuffer()
    }
    const init = { ...plain, ...this.init, ...request, headers: new Headers(headers) }
    return fetchFollowing(client.fetch, init, names, client.isAllowed)
  }

  expired(outcome: Outcome<Response>): boolean | PromiseLike<boolean> {
    if ('error' in outcome) return false
    const { value: response } = outcome
    const { options, isAllowed } = this.client
    this.turnedAway = response
    // A redirect may have led elsewhere: it is not for others to say.
    if (response.redirected && !isAllowed(response.url)) return false
    if (!options.expired) return response.status === 401
    const shown = showResponse(response)
    const verdict = options.expired(shown.response)
    if (typeof verdict === 'boolean') return verdict
    return verdict.then(undefined, (error: unknown) => {
      // A body that is no JSON, or none to wait for, does not say that anything has expired.
      if (shown.isHidden() || error instanceof SyntaxError) return false
      throw error
    })
  }

  abortReason(): unknown {
    this.letGo()
    return this.signal?.reason
  }

  dress(error: Error): Error {
    this.letGo()
    return error
  }

  /** A stream that will not be sent. */
  private letGo(): void {
    if (!isReplayable(this.init.body)) discard(this.init.body)
  }
}
