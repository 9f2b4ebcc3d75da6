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
  const { response } = failed
  // A stream leads back to the request that it answers.
  if (isStream(response?.data)) hide(response, 'data')
  return response
}

const isStream = (value: unknown): boolean =>
  typeof (value as { pipe?: unknown } | undefined)?.pipe === 'function'

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
  return Object.defineProperties(error, {
    isAxiosError: { value: true },
    config: { value: shown, writable: true },
  })
}

/** Out of sight of what prints and serialises, and as usable as before. */
export function hide(holder: object | undefined, key: 'request' | 'data'): void {
  const value = (holder as Record<string, unknown> | undefined)?.[key]
  if (value)
    Object.defineProperty(holder, key, {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    })
}
