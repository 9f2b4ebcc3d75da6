export interface Troubles {
  add(error: unknown): void
  /** What went wrong outside of any test. */
  found(): Promise<readonly unknown[]>
}

/** Long enough for events that are under way, in milliseconds. */
const graceMs = 50

/**
 * Notes errors that nobody catches, and rejections that nobody handles. Firefox says so too early
 * where a synchronous request comes between a rejection and its handler, and takes it back then.
 */
export function watchForTroubles(): Troubles {
  const errors: unknown[] = []
  const rejections = new Map<Promise<unknown>, unknown>()
  addEventListener('error', ({ error, message }) => errors.push(error ?? new Error(message)))
  addEventListener('unhandledrejection', ({ promise, reason }) => rejections.set(promise, reason))
  addEventListener('rejectionhandled', ({ promise }) => rejections.delete(promise))
  return {
    add: (error) => void errors.push(error),
    async found() {
      await new Promise((done) => setTimeout(done, graceMs))
      return [...errors, ...rejections.values()]
    },
  }
}
