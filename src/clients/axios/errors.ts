import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'

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
  hideRequest(failed)
  if (failed.response) hideRequest(failed.response)
  return failed.response
}

/**
 * Interceptors of others clean up after errors that they know as axios' own, by these two. Out of
 * sight: the config is not ours to print.
 */
export function asAxiosError(error: Error, config: InternalAxiosRequestConfig): Error {
  const { code } = error as { code?: unknown }
  // Sent again, it would be a request of whoever is signed in then: it ends the same way instead.
  const adapter = () => Promise.reject(error)
  return Object.defineProperties(error, {
    isAxiosError: { value: true },
    config: { value: code === 'session-ended' ? { ...config, adapter } : config, writable: true },
  })
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
