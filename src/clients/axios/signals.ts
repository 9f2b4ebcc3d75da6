import type { InternalAxiosRequestConfig } from 'axios'
import type { AbortSignalLike } from '../../core/gate.js'

/** One signal out of axios' two ways to cancel. */
export function signalOf({
  signal,
  cancelToken,
}: InternalAxiosRequestConfig): AbortSignalLike | undefined {
  // Their types differ in what listeners may return.
  const plain = signal as AbortSignalLike | undefined
  if (!cancelToken) return plain
  return {
    get aborted() {
      return !!plain?.aborted || !!cancelToken.reason
    },
    addEventListener(type, listener) {
      plain?.addEventListener?.(type, listener)
      cancelToken.subscribe(listener)
    },
    removeEventListener(type, listener) {
      plain?.removeEventListener?.(type, listener)
      cancelToken.unsubscribe(listener)
    },
  }
}
