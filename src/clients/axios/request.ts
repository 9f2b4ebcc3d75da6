import { CanceledError, getAdapter } from 'axios'
import type { AxiosAdapter, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import type { Claim, Outcome, SessionPort } from '../../core/authorize.js'
import type { AbortSignalLike } from '../../core/gate.js'
import type { Lease } from '../../core/lease.js'
import { discard, isReplayable } from './body.js'
import type { ReadyAxiosOptions, RequestSession } from './options.js'
import type { createOriginCheck } from './origins.js'
import { answeredBy, guardRedirects } from './redirects.js'
import { restoreTransforms, transformNow } from './transform.js'
/** What the requests of one attached instance have in common. */
export interface Attachment {
  readonly port: SessionPort
  readonly options: ReadyAxiosOptions
  readonly origins: ReturnType<typeof createOriginCheck>
  readonly instance: AxiosInstance
}

type Given = InternalAxiosRequestConfig['adapter']
type Config = InternalAxiosRequestConfig & { session?: RequestSession }

/** Our adapters, and what they stand in for: a config that comes back is not wrapped twice. */
const given = new WeakMap<object, { readonly adapter: Given }>()

export const isOurs = (adapter: Given): boolean =>
  typeof adapter === 'function' && given.has(adapter)

/** What the caller gave as adapter, under ours or bare. */
export function givenAdapter(adapter: Given): Given {
  const wrapped = typeof adapter === 'function' ? given.get(adapter) : undefined
  return wrapped ? wrapped.adapter : adapter
}

/** Stands in for the adapter of one request: holds it, signs each attempt, and sends it again. */
export function createRequestAdapter(
  inner: Given,
  claim: Claim,
  { port, options, origins, instance }: Attachment,
): AxiosAdapter {
  const sessionAdapter = (config: Config): ReturnType<AxiosAdapter> => {
    // Whoever sees this config later finds what the caller gave.
    Object.assign(config, { adapter: inner })
    const adapter = adapterOf(inner ?? instance.defaults.adapter, config)
    const { session, auth, data, signal, cancelToken } = config
    if (session === false || auth || has(config.headers, options.header)) return adapter(config)
    try {
      if (!origins.mayCarry(config)) return adapter(config)
    } catch (error) {
      return Promise.reject(error as Error)
    }

    const { headers } = config
    let restore: (() => void) | undefined
    let turnedAway: AxiosResponse | undefined

    const attempt = (lease: Lease): ReturnType<AxiosAdapter> => {
      if (lease.sessionId === undefined) return adapter(config)
      if (turnedAway) {
        discard(turnedAway.data)
        restoreTransforms(config)
      }
      // Adapters add to the headers: each attempt has its own, and the caller's stay as they were.
      config.headers = copyOf(headers)
      const { accessToken } = lease
      if (accessToken !== undefined) {
        const { header, scheme } = options
        config.headers[header] = scheme ? `${scheme} ${accessToken}` : accessToken
        restore = guardRedirects(config, adapter, header, origins.isAllowed)
      }
      return adapter(config)
    }

    const expired = (outcome: Outcome<AxiosResponse>): boolean => {
      restore?.()
      config.headers = headers
      const response = 'error' in outcome ? withoutToken(outcome.error, config) : outcome.value
      if (!response) return false
      response.config = config
      if (!isExpired(response)) return false
      turnedAway = response
      return true
    }

    const isExpired = (response: AxiosResponse): boolean => {
      if (!options.expired && response.status !== 401) return false
      const url = answeredBy(response)
      if (url !== undefined && !origins.isAllowed(url)) return false
      transformNow(config, response)
      return options.expired ? options.expired(response) : true
    }

    return port.authorize(claim, attempt, {
      expired,
      replayable: session?.replay !== false && isReplayable(data),
      signal: cancelToken ? bothOf(signal, cancelToken) : (signal as AbortSignalLike | undefined),
      abortReason: () => canceled(config),
    })
  }
  given.set(sessionAdapter, { adapter: inner })
  return sessionAdapter
}

function adapterOf(adapter: Given, config: Config): AxiosAdapter {
  if (typeof adapter === 'function') return adapter
  const resolve = getAdapter as (adapter: Given, config: Config) => AxiosAdapter
  return resolve(adapter, config)
}

/** axios types its constructor as that of the base class, whose second parameter is the code. */
const canceled = (config: Config): Error =>
  new (CanceledError as unknown as new (message: undefined, config: Config) => Error)(
    undefined,
    config,
  )

/** `null` and `false` count too: so a caller says that there is to be none. */
function has(headers: object, header: string): boolean {
  const lower = header.toLowerCase()
  for (const name of Object.keys(headers)) {
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

/** Errors that pass through us show no token when they are printed or serialised (G40). */
function withoutToken(error: unknown, config: Config): AxiosResponse | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const failed = error as { config?: unknown; request?: unknown; response?: AxiosResponse }
  if (failed.config) failed.config = config
  hideRequest(failed)
  const { response } = failed
  if (response) hideRequest(response)
  return response
}

function hideRequest(holder: { request?: unknown }): void {
  const { request: value } = holder
  if (value) {
    Object.defineProperty(holder, 'request', {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    })
  }
}

/** One signal out of axios' two. */
function bothOf(
  signal: Config['signal'],
  token: NonNullable<Config['cancelToken']>,
): AbortSignalLike {
  return {
    get aborted() {
      return !!signal?.aborted || !!token.reason
    },
    addEventListener(type, listener) {
      signal?.addEventListener?.(type, listener)
      token.subscribe(listener)
    },
    removeEventListener(type, listener) {
      signal?.removeEventListener?.(type, listener)
      token.unsubscribe(listener)
    },
  }
}
