import type { Clock } from './clock.js'

/** A promise, or what acts as one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'
}

/** What `within` rejects with when the time is over. */
export class OutOfTimeError extends Error {}

/**
 * Runs `work` and settles as it does, or rejects when it took longer than `ms`. What it throws at
 * once is a rejection too.
 */
export function within<T>(clock: Clock, ms: number, work: () => T | PromiseLike<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.setTimeout(
      () => reject(new OutOfTimeError(`no answer within ${Math.round(ms)} ms`)),
      ms,
    )
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
