import type { InternalAxiosRequestConfig } from 'axios'
import type { AbortSignalLike } from '../../core/aborts.js'

/** One signal out of axios' two ways to cancel. */
export function signalOf({
  signal,
  cancelToken,
}: InternalAxiosRequestConfig): AbortSignalLike | undefined {
  if (!cancelToken) return signal
  return {
    get aborted() {
      return !!signal?.aborted || !!cancelToken.reason
    },
    addEventListener(type, listener) {
      signal?.addEventListener?.(type, listener)
      cancelToken.subscribe(listener)
    },
    removeEventListener(type, listener) {
      signal?.removeEventListener?.(type, listener)
      cancelToken.unsubscribe(listener)
    },
  }
}
