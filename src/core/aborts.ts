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
    audiences.delete(signal)
    signal.removeEventListener?.('abort', listener)
    for (const run of [...runs]) if (runs.delete(run)) run()
  }
  signal.addEventListener?.('abort', listener)
  const audience = { runs, listener }
  audiences.set(signal, audience)
  return audience
}

/** Begins to watch for what ends a waiting, with a reason; returns what ends the watching. */
export type Watch = (stop: (reason: unknown) => void) => () => void

/** Settles as `work` does, or rejects as soon as a watch says so; then none of them watches any more. */
export function until<T>(work: Promise<T>, watches: readonly Watch[]): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const ends: (() => void)[] = []
    const forget = (): void => ends.forEach((end) => end())
    const stop = (reason: unknown): void => {
      reject(reason)
      forget()
    }
    for (const watch of watches) ends.push(watch(stop))
    work.then(resolve, reject).finally(forget)
  })
}

/** Watches for an abort. */
export function aborted(signal: AbortSignalLike | undefined, reason: () => unknown): Watch[] {
  if (!signal) return []
  return [
    (stop) => {
      if (signal.aborted) stop(reason())
      return onAbort(signal, () => stop(reason()))
    },
  ]
}
