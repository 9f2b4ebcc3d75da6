import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'
import { portOf } from '../../core/port.js'
import { SessionError } from '../../core/errors.js'
import type { Session } from '../../core/session-face.js'
import { readAxiosOptions, type AxiosSessionOptions } from './options.js'
import { createOriginCheck } from './origins.js'
import { createRedirectGuard } from './redirects.js'
import { createRequestAdapter, isOurs, type Attachment } from './request.js'

/** The interceptor of each attached instance. */
const interceptors = new WeakMap<object, number>()

/**
 * Sends the requests of an axios instance with the session's access token, and keeps it fresh: expired
 * tokens are refreshed once, requests that need the new ones wait, and those that were turned away are
 * sent again. An instance has one session: attaching another replaces it.
 *
 * One request interceptor wraps the adapter of each request, so the app's own interceptors and
 * transforms run once however often a request is sent, and their order does not matter.
 *
 * @returns the same instance
 * @throws SessionError `invalid-option`
 * @example
 * ```ts
 * const api = attachSession(axios.create({ baseURL: '/api' }), session)
 * await api.get('/me')
 * await api.get('/public', { session: false })
 * ```
 */
export function attachSession<T extends AxiosInstance>(
  instance: T,
  session: Session,
  options: AxiosSessionOptions = {},
): T {
  if (typeof (instance as AxiosInstance | undefined)?.interceptors?.request?.use !== 'function') {
    throw new SessionError(
      'invalid-option',
      `attachSession: expected an axios instance, got ${instance === null ? 'null' : typeof instance}`,
    )
  }
  const port = portOf(session, 'attachSession')
  const ready = readAxiosOptions(options)
  const origins = createOriginCheck(
    ready.origins,
    () => instance.defaults.baseURL,
    ready.header.toLowerCase() === 'authorization',
  )
  const redirects = createRedirectGuard(origins.isAllowed)
  const attachment: Attachment = { port, options: ready, origins, redirects, instance }

  function wrap(config: InternalAxiosRequestConfig): void {
    config.adapter = createRequestAdapter(config.adapter, port.claim(config.signal), attachment)
  }

  detachSession(instance)
  const interceptor = instance.interceptors.request.use(
    (config) => {
      // Another interceptor may have put in an adapter of its own.
      if (!isOurs(config.adapter)) wrap(config)
      return config
    },
    undefined,
    {
      synchronous: true,
      // axios asks when the request is made, before any interceptor runs: whose it is, is settled then.
      runWhen(config) {
        wrap(config)
        return true
      },
    },
  )
  interceptors.set(instance, interceptor)
  return instance
}

/** Undoes `attachSession`: requests made from now on are axios' own. */
export function detachSession(instance: AxiosInstance): void {
  const interceptor = interceptors.get(instance)
  if (interceptor !== undefined) instance.interceptors.request.eject(interceptor)
  interceptors.delete(instance)
}
