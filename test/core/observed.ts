/** A promise that somebody else settles. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

export function deferred<T = void>(): Deferred<T> {
  let settle: Omit<Deferred<T>, 'promise'> | undefined
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...(settle as unknown as Omit<Deferred<T>, 'promise'>) }
}

/** What has become of a promise so far. */
export interface Observed<T> {
  state: 'pending' | 'fulfilled' | 'rejected'
  value: T | undefined
  error: unknown
}

/** Watches a promise without waiting for it; a rejection counts as handled. */
export function observe<T>(promise: PromiseLike<T>): Observed<T> {
  const observed: Observed<T> = { state: 'pending', value: undefined, error: undefined }
  promise.then(
    (value) => Object.assign(observed, { state: 'fulfilled', value }),
    (error: unknown) => Object.assign(observed, { state: 'rejected', error }),
  )
  return observed
}
