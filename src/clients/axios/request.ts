import { Axios, CanceledError, getAdapter } from 'axios'
import type { AxiosAdapter, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { isSessionError } from '../../core/errors.js'
import type { AuthorizedRequest, Claim, Outcome, SessionPort } from '../../core/port.js'
import type { AbortSignalLike } from '../../core/aborts.js'
import type { CredentialHeaders, RequestTarget } from '../../core/credential.js'
import type { Lease } from '../../core/lease.js'
import { discard, isReplayable } from '../bodies.js'
import type { RequestSession } from '../client-options.js'
import { absoluteUrl } from '../places.js'
import { asAxiosError, hideRequest, withoutToken } from './errors.js'
import type { ReadyAxiosOptions } from './options.js'
import type { OriginCheck } from './origins.js'
import { answeredBy, wasLedOn, type RedirectGuard } from './redirects.js'
import { signalOf } from './signals.js'
import { restoreTransforms, transformNow } from './transform.js'

/** What the requests of one attached instance have in common. */
export interface Attachment {
  readonly port: SessionPort
  readonly options: ReadyAxiosOptions
  readonly origins: OriginCheck
  readonly redirects: RedirectGuard
  readonly instance: AxiosInstance
}

type Given = InternalAxiosRequestConfig['adapter']
type Config = InternalAxiosRequestConfig & { session?: RequestSession }

/** On our adapters: what they stand in for. So a config that comes back is not wrapped twice. */
const givenKey = Symbol('unexpired.adapter')

interface SessionAdapter extends AxiosAdapter {
  [givenKey]: { readonly adapter: Given }
}

export const isOurs = (adapter: Given): adapter is SessionAdapter =>
  typeof adapter === 'function' && givenKey in adapter

/** Stands in for the adapter of one request: holds it, signs each attempt, and sends it again. */
export function createRequestAdapter(
  adapter: Given,
  claim: Claim,
  attachment: Attachment,
): AxiosAdapter {
  const given = isOurs(adapter) ? adapter[givenKey] : { adapter }
  const sessionAdapter: AxiosAdapter = (config) =>
    dispatch(given.adapter, config, claim, attachment)
  return Object.assign(sessionAdapter, { [givenKey]: given })
}

function dispatch(
  given: Given,
  config: Config,
  claim: Claim,
  attachment: Attachment,
): ReturnType<AxiosAdapter> {
  const { port, options, origins, instance } = attachment
  // Whoever sees this config later finds what the caller gave.
  ;(config as { adapter?: Given }).adapter = given
  const named = given ?? instance.defaults.adapter
  const isOther = config.session === false || config.auth || has(config.headers, options.header)
  try {
    if (isOther || !origins.mayCarry(config)) return adapterOf(named, config)(config)
  } catch (error) {
    return Promise.reject(error)
  }
  return port.authorize(claim, new SessionRequest(config, named, attachment))
}

/** One request, in up to two attempts. A class for speed: the way of a live token makes no closures. */
class SessionRequest implements AuthorizedRequest<AxiosResponse> {
  replayable: boolean
  readonly signal: AbortSignalLike | undefined
  readonly header: string
  readonly scheme: string
  private readonly headers: Config['headers']
  private readonly fetchOptions: Config['fetchOptions']
  private readonly beforeRedirect: Config['beforeRedirect']
  private readonly env: Config['env']
  /** The answer before the attempt under way: only a replay has one. */
  private turnedAway: AxiosResponse | undefined

  constructor(
    private readonly config: Config,
    private readonly adapter: Given,
    private readonly attachment: Attachment,
  ) {
    const { data, session, headers, fetchOptions, beforeRedirect, env } = config
    this.replayable = !(session && session.replay === false) && isReplayable(data)
    this.signal = signalOf(config)
    this.header = attachment.options.header
    this.scheme = attachment.options.scheme
    this.headers = headers
    this.fetchOptions = fetchOptions
    this.beforeRedirect = beforeRedirect
    this.env = env
  }

  get request(): RequestTarget {
    const { config, adapter } = this
    const { method = 'get', baseURL, url, params, paramsSerializer, allowAbsoluteUrls } = config
    const at = absoluteUrl(uriOf({ baseURL, url, allowAbsoluteUrls }))
    const whole = uriOf({ url: at, params, paramsSerializer })
    // The http adapter sends parameters as they were serialised; others go through a URL.
    const { adapterName } = adapterOf(adapter, config) as { adapterName?: string }
    return {
      method: method.toUpperCase(),
      url: adapterName === 'http' ? whole : absoluteUrl(whole),
    }
  }

  attempt(lease: Lease, credential: CredentialHeaders): ReturnType<AxiosAdapter> {
    const { config, adapter, headers, turnedAway } = this
    if (lease.sessionId === undefined) return adapterOf(adapter, config)(config)
    if (turnedAway) {
      discard(turnedAway.data)
      restoreTransforms(config)
    }
    // Adapters add to the headers: each attempt has its own, and the caller's stay as they were.
    config.headers = Object.assign(copyOf(headers), credential)
    // In a cookie session nothing is attached.
    if (lease.accessToken !== undefined) {
      this.attachment.redirects.guard(config, adapterOf(adapter, config), credential)
    }
    // Only now: axios makes its fetch adapter for the fetch that stands in the config.
    return adapterOf(adapter, config)(config)
  }

  expired(outcome: Outcome<AxiosResponse>): boolean {
    const { config, headers, fetchOptions, beforeRedirect, env } = this
    config.headers = headers
    // Set to undefined where it was missing: to axios that is the same.
    if (config.beforeRedirect !== beforeRedirect) Object.assign(config, { beforeRedirect })
    if (config.fetchOptions !== fetchOptions) Object.assign(config, { fetchOptions })
    if (config.env !== env) Object.assign(config, { env })
    const response = 'error' in outcome ? withoutToken(outcome.error, config) : outcome.value
    // The end of another request, sent again, is no answer to this one.
    if (!response || ('error' in outcome && isSessionError(outcome.error))) return false
    response.config = config
    // It may end up on an error yet (that of a transform), or be printed.
    hideRequest(response)
    this.turnedAway = response
    const isExpired = this.saysExpired(response)
    // A POST that was led on as a GET was taken: it must not be sent again.
    if (isExpired && wasLedOn(response)) this.replayable = false
    return isExpired
  }

  private saysExpired(response: AxiosResponse): boolean {
    const { options, origins } = this.attachment
    if (!options.expired && response.status !== 401) return false
    const url = answeredBy(response)
    if (url !== undefined && !origins.isAllowed(url)) return false
    transformNow(this.config, response)
    return options.expired ? options.expired(response) : true
  }

  abortReason(): unknown {
    discard(this.turnedAway?.data)
    restoreTransforms(this.config)
    // axios types its constructor as that of the base class, whose second parameter is the code.
    const Canceled = CanceledError as unknown as new (message: undefined, config: Config) => Error
    return this.config.cancelToken?.reason ?? new Canceled(undefined, this.config)
  }

  dress(error: Error): Error {
    const { turnedAway } = this
    // It is on the error, or is handed over in its place.
    const isKept = !this.replayable || (error as { response?: unknown }).response === turnedAway
    if (!isKept) discard(turnedAway?.data)
    return asAxiosError(error, this.config)
  }
}

function adapterOf(adapter: Given, config: Config): AxiosAdapter {
  if (typeof adapter === 'function') return adapter
  const resolve = getAdapter as (adapter: Given, config: Config) => AxiosAdapter
  return resolve(adapter, config)
}

/** Without anybody's defaults: those of the instance are in the config already, or were taken off. */
function uriOf(parts: { [K in keyof Config]?: Config[K] | undefined }): string {
  return new Axios({}).getUri(parts as Config)
}

/** `null` and `false` count too: so a caller says that there is to be none. */
function has(headers: object, header: string): boolean {
  const lower = header.toLowerCase()
  for (const name in headers) {
    if (name.length === lower.length && name.toLowerCase() === lower) {
      return (headers as Record<string, unknown>)[name] !== undefined
    }
  }
  return false
}

/** Without the parsing that AxiosHeaders does: what is copied has been through it. */
function copyOf<T extends object>(headers: T): T {
  return Object.assign(Object.create(Object.getPrototypeOf(headers) as object) as T, headers)
}
