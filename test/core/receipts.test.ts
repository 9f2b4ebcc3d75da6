import { createSession, memoryStore } from 'unexpired'
import type { StoredSession, TokenStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import { expect, onTestFinished, test, vi } from 'vitest'

import { receiptOf } from '../../src/core/lifetime.js'
import { tokensOf } from './scripted-refresh.js'
import { startSession } from './start-session.js'
import { record } from './state-cases.js'

const now = 1_000_000

/** So long ago it was stored at most. */
const unknownMs = 10_000

const storedSince = (ms: number): StoredSession => ({ ...record('a', 1), receivedAt: now - ms })

test.each([
  ['just now', 0, 0],
  ['within the time in which it was not looked', 9_000, 9_000],
  ['before that, as far as a slow write may explain', 20_000, 20_000],
  ['as early as a slow write may explain', 75_000, 75_000],
  ['earlier than that: a clock is wrong', 75_001, unknownMs],
  ['a little later than now, as clocks differ', -5_000, 0],
  ['later than that: a clock is wrong', -5_001, unknownMs],
])('G36 what another holder says that it received %s', async (_when, wallAgeMs, ageMs) => {
  const clock = fakeClock(now - 100_000)
  await clock.advance(100_000)
  expect(receiptOf(storedSince(wallAgeMs), unknownMs, clock)).toEqual({
    wall: now - ageMs,
    monotonic: 100_000 - ageMs,
  })
})

test('G36 what was received here is as old as its receipt, although a clock is set while it is stored', async () => {
  const clock = fakeClock()
  const inner = memoryStore()
  const replace: TokenStore['replace'] = async (expected, next) => {
    await new Promise<void>((done) => void clock.setTimeout(done, 2_000))
    return inner.replace(expected, next)
  }
  const { session } = startSession({ clock, store: { load: inner.load, replace } })
  await clock.advance(3_600_000)
  const signedIn = session.signIn(tokensOf(1))
  clock.stepWall(-86_400_000)
  await clock.advance(2_000)
  await signedIn
  expect(session.getLifetime()).toMatchObject({ isExpired: false, leftMs: 58_000 })
})

test('tokens without a lifetime are no failure, and nothing but that is known', async () => {
  const shown = vi.spyOn(console, 'error').mockReturnValue()
  const session = createSession({ refresh: () => Promise.reject(new Error('not called')) })
  onTestFinished(() => void session.close())
  await session.signIn({ accessToken: 'opaque' })
  expect(session.getLifetime()).toStrictEqual({
    isExpired: false,
    totalMs: undefined,
    leftMs: undefined,
    aheadMs: undefined,
    leewayMs: undefined,
  })
  expect(shown).not.toHaveBeenCalled()
})
