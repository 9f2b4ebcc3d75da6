/** As much of an AbortSignal as is needed, so that cancel tokens can stand in. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener?(type: 'abort', listener: () => void): unknown
  removeEventListener?(type: 'abort', listener: () => void): unknown
}

/** Settles as `work` does, or rejects with `reason()` as soon as the signal is aborted. */
export function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignalLike | undefined,
  reason: () => unknown,
): Promise<T> {
  if (!signal?.addEventListener) return work
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(reason())
    const forget = (): void => void signal.removeEventListener?.('abort', abort)
    signal.addEventListener?.('abort', abort)
    work.then(resolve, reject).finally(forget)
    if (signal.aborted) abort()
  })
}
