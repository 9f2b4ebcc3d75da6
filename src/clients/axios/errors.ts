import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { isSessionError } from '../../core/errors.js'
import { restoreTransforms } from './transform.js'

/**
 * Errors that pass through us show no token when they are printed or serialised (G40): they have the
 * caller's config, and the request object, which holds what was sent, is out of sight.
 *
 * @returns the response in the error, where there is one
 */
export function withoutToken(
  error: unknown,
  config: InternalAxiosRequestConfig,
): AxiosResponse | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const failed = error as { config?: unknown; request?: unknown; response?: AxiosResponse }
  if (failed.config) failed.config = config
  hide(failed, 'request')
  // A stream leads to where it was sent, with its headers.
  if (isStream(config.data)) hide(config, 'data')
  return failed.response
}

/** What leads from an answer back to the request, and what was sent with it. */
export function hideRequest(response: AxiosResponse<unknown>): void {
  hide(response, 'request')
  if (isStream(response.data)) hide(response, 'data')
}

const isStream = (body: unknown): boolean =>
  typeof (body as { pipe?: unknown } | null | undefined)?.pipe === 'function'

/**
 * Interceptors of others clean up after errors that they know as axios' own, by these two. Out of
 * sight: the config is not ours to print.
 */
export function asAxiosError(error: Error, config: InternalAxiosRequestConfig): Error {
  const shown = { ...config }
  // axios still has its turn with the config itself, and the response that is on the error.
  restoreTransforms(shown)
  // Sent again, it would be a request of whoever is signed in then: it ends the same way instead.
  if (isSessionError(error) && error.code === 'session-ended') {
    shown.adapter = () => Promise.reject(error)
  }
  const { response } = error as { response?: AxiosResponse }
  return Object.defineProperties(error, {
    isAxiosError: { value: true },
    status: { value: response?.status },
    config: { value: shown, writable: true },
  })
}

/** Out of sight of what prints and serialises, and as usable as before. */
function hide(holder: object, key: 'request' | 'data'): void {
  const value = (holder as Record<string, unknown>)[key]
  if (value)
    Object.defineProperty(holder, key, {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    })
}
