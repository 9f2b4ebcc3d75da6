/** As much of an AbortSignal as is needed, so that cancel tokens can stand in. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener?(type: 'abort', listener: () => void): unknown
  removeEventListener?(type: 'abort', listener: () => void): unknown
}

/** Those that wait for a signal, and the listener that tells them. */
interface Audience {
  readonly runs: Set<() => void>
  readonly listener: () => void
}

const audiences = new WeakMap<AbortSignalLike, Audience>()

/**
 * Runs `run` when the signal is aborted, unless the function that it returns was called before. A
 * signal gets one listener, however many requests share it: Node warns of a leak from the eleventh on.
 */
export function onAbort(signal: AbortSignalLike, run: () => void): () => void {
  const { runs, listener } = audiences.get(signal) ?? gather(signal)
  runs.add(run)
  return () => {
    if (!runs.delete(run) || runs.size) return
    audiences.delete(signal)
    signal.removeEventListener?.('abort', listener)
  }
}

function gather(signal: AbortSignalLike): Audience {
  const runs = new Set<() => void>()
  const listener = (): void => {
    for (const run of [...runs]) if (runs.delete(run)) run()
    audiences.delete(signal)
  }
  signal.addEventListener?.('abort', listener)
  const audience = { runs, listener }
  audiences.set(signal, audience)
  return audience
}

/** Settles as `work` does, or rejects with `reason()` as soon as the signal is aborted. */
export function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignalLike | undefined,
  reason: () => unknown,
): Promise<T> {
  if (!signal) return work
  return until(work, (stop) => {
    if (signal.aborted) stop(reason())
    return onAbort(signal, () => stop(reason()))
  })
}

/** Settles as `work` does, or rejects with what `stop` is called with; `watch` returns its own end. */
export function until<T>(
  work: Promise<T>,
  watch: (stop: (reason: unknown) => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const forget = watch(reject)
    work.then(resolve, reject).finally(forget)
  })
}
