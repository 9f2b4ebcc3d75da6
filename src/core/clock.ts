/**
 * Where a session takes its time from. Both readings and the timer are in milliseconds.
 *
 * @see `fakeClock()` of `unexpired/testing`, for tests
 */
export interface Clock {
  /** The wall clock, as `Date.now()`. Users and time servers may set it forwards and back. */
  now(): number
  /** Time that only goes forwards, as `performance.now()`. It may stand still while the machine sleeps. */
  monotonic(): number
  /**
   * Runs `run` once, `ms` from now; the function that it returns cancels.
   *
   * With `keepAlive` somebody waits for it, so the process must live until then; without, the timer
   * must not keep a process alive.
   */
  setTimeout(run: () => void, ms: number, options?: { keepAlive?: boolean }): () => void
}

/** Timers over this many milliseconds fire at once, on every platform. */
const longestTimerMs = 2 ** 31 - 1

/** Keeps the process alive, until it is told not to: somebody waits. */
export const stayAlive = (clock: Clock): (() => void) =>
  clock.setTimeout(() => undefined, longestTimerMs, { keepAlive: true })

/** The same promise, for which a process lives, but only where somebody waits for it. */
export const livingFor = (clock: Clock, promise: Promise<void>): PromiseLike<void> => ({
  // oxlint-disable-next-line unicorn/no-thenable -- to be told that somebody waits is the point
  then: (fulfilled, rejected) => promise.finally(stayAlive(clock)).then(fulfilled, rejected),
})

/** The clock of the platform. Globals are looked up at each call, so that fake timers work. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => (typeof performance === 'undefined' ? Date.now() : performance.now()),
  setTimeout(run, ms, options) {
    const timer: unknown = setTimeout(run, Math.min(ms, longestTimerMs))
    if (!options?.keepAlive) (timer as { unref?(): void }).unref?.()
    return () => clearTimeout(timer as ReturnType<typeof setTimeout>)
  },
}
