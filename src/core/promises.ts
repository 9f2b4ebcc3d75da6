import type { Clock } from './clock.js'

/** A promise, or what acts as one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'
}

/** What `within` rejects with when the time is over. */
export class OutOfTimeError extends Error {}

/** A timer that is later than this tells of a process that stood still (milliseconds). */
const stallMs = 20

/** How long an answer may take that came meanwhile and lies there unread, at most (milliseconds). */
const readingMs = 1_000

/**
 * Runs `work` and settles as it does, or rejects when it took longer than `ms`. What it throws at
 * once is a rejection too. Where the process stood still at the end, which is no fault of whoever was
 * to answer, it waits a little longer: the answer may be there.
 */
export function within<T>(clock: Clock, ms: number, work: () => T | PromiseLike<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const begunAt = clock.monotonic()
    const giveUp = (): void => reject(new OutOfTimeError(`no answer within ${Math.round(ms)} ms`))
    let cancel = clock.setTimeout(() => {
      const lateMs = clock.monotonic() - begunAt - ms
      if (lateMs > stallMs) cancel = clock.setTimeout(giveUp, Math.min(lateMs, readingMs))
      else giveUp()
    }, ms)
    const done =
      <A>(settle: (value: A) => void) =>
      (value: A) => {
        cancel()
        settle(value)
      }
    // Not `new Promise(work)`: a value that is no promise must pass through without a further turn.
    try {
      Promise.resolve(work()).then(done(resolve), done(reject))
    } catch (error) {
      done(reject)(error)
    }
  })
}
