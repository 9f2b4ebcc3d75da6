import { inspect } from 'node:util'

import { isSessionError, type Session } from 'unexpired'
import type { FakeClock } from 'unexpired/testing'
import { expect } from 'vitest'

import { Booby } from './odd-values.js'

/** Longer than anything that a session waits for: turns, deadlines of stores, and all tries. */
const longestWaitMs = 120_000

/** What became of a call, once the time for it is over. */
export type End = { readonly value: unknown } | { readonly error: unknown } | 'hangs'

/** Calls, and lets time go until it has an end. */
export async function endOf(clock: FakeClock, call: () => unknown): Promise<End> {
  let end: End = 'hangs'
  // What it returns may itself be a promise of a sort: only those of the platform are waited for.
  try {
    const called = call()
    if (!(called instanceof Promise)) return { value: called }
    called.then(
      (value: unknown) => (end = { value }),
      (error: unknown) => (end = { error }),
    )
  } catch (error) {
    return { error }
  }
  for (let second = 0; end === 'hangs' && second < longestWaitMs / 1_000; second += 1) {
    await clock.advance(1_000)
  }
  return end
}

/**
 * It has an end, and what it threw is one of ours, or was thrown by the app itself: by a getter of what
 * it handed over, which it will want to see.
 */
export function expectTyped(end: End, mayBeOurOwn = true): void {
  expect(end, 'it hangs').not.toBe('hangs')
  if (end === 'hangs' || !('error' in end)) return
  const { error } = end
  if (mayBeOurOwn && (error instanceof Booby || isRevoked(error))) return
  expect(isSessionError(error), `not typed: ${inspect(error)}`).toBe(true)
  expect(String(error)).toMatch(/^\w+: \[unexpired\] /)
}

/** What engines throw for a revoked proxy: the app's own object did it. */
const isRevoked = (error: unknown): boolean =>
  error instanceof TypeError && /proxy that has been revoked|revoked proxy/i.test(error.message)

/** Signs in, and is used, as ever. */
export async function expectToWork(session: Session, clock: FakeClock): Promise<void> {
  const good = { accessToken: 'good-1', refreshToken: 'good-r', expiresIn: 600 }
  expect(await endOf(clock, () => session.signIn(good))).toEqual({ value: undefined })
  expect(await endOf(clock, () => session.authorize(() => Promise.resolve(200)))).toEqual({
    value: 200,
  })
  expect(session.status).toBe('active')
  if (session.tokens) expect(session.tokens).toEqual(good)
}

/** Prototypes are as they were. */
export function expectCleanPrototypes(): void {
  for (const prototype of [Object.prototype, Array.prototype, Function.prototype]) {
    expect(Object.keys(prototype)).toEqual([])
  }
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
}
