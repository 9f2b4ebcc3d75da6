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
