import { expect, test } from 'vitest'

import { fakeClock } from 'unexpired/testing'

import { observe } from './observed.js'
import { axiosLikeError, jsonResponse, scriptedRefresh } from './scripted-refresh.js'
import type { Answer } from './scripted-refresh.js'
import { eventsOf, signedIn } from './start-session.js'

const now = Date.UTC(2026, 5, 1)
const http = (ms: number): string => new Date(ms).toUTCString()

/** What one failed refresh leads to: the cool-down, and how often it was tried. */
async function coolDownAfter(answer: Answer) {
  const clock = fakeClock(now)
  const { session, refresh } = await signedIn({
    clock,
    refresh: scriptedRefresh(answer, answer, answer),
  })
  const asked = observe(session.refresh())
  await clock.advance(5_000)
  expect(asked.state).toBe('rejected')
  const [event] = eventsOf(session, 'refresh-unavailable')
  if (event?.type !== 'refresh-unavailable') expect.unreachable()
  return { ms: event.retryAfterMs, tries: refresh.calls.length }
}

const busy =
  (headers: Record<string, string>, status = 503) =>
  () =>
    jsonResponse(status, {}, headers)

test.each<[string, Record<string, string>, number]>([
  ['seconds', { 'Retry-After': '7' }, 7_000],
  ['seconds, with spaces', { 'Retry-After': ' 7 ' }, 7_000],
  ['a date', { 'Retry-After': http(now + 90_000) }, 90_000],
  [
    'a date by a server whose clock is a day ahead of ours',
    { 'Retry-After': http(now + 86_400_000 + 30_000), Date: http(now + 86_400_000) },
    30_000,
  ],
  [
    'a date by a server whose clock is a day behind ours',
    { 'Retry-After': http(now - 86_400_000 + 30_000), Date: http(now - 86_400_000) },
    30_000,
  ],
  ['more than five minutes', { 'Retry-After': '86400' }, 300_000],
  ['a date next year', { 'Retry-After': http(now + 3e10) }, 300_000],
  ['more digits than a number has', { 'Retry-After': '9'.repeat(400) }, 300_000],
])('G7 Retry-After is kept: %s', async (_name, headers, ms) => {
  expect(await coolDownAfter(busy(headers))).toEqual({ ms, tries: 1 })
})

test.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['zero', { 'Retry-After': '0' }],
  ['less than nothing', { 'Retry-After': '-5' }],
  ['no number', { 'Retry-After': 'soon' }],
  ['an empty string', { 'Retry-After': '' }],
  ['a date in the past', { 'Retry-After': http(now - 60_000) }],
])(
  'G7 without a Retry-After that can be used the cool-down is our own: %s',
  async (_name, headers) => {
    const { ms, tries } = await coolDownAfter(busy(headers))
    expect(ms).toBeGreaterThanOrEqual(800)
    expect(ms).toBeLessThanOrEqual(1_200)
    expect(tries).toBe(3)
  },
)

test('G7 a 429 is not tried again at once, with or without Retry-After', async () => {
  expect(await coolDownAfter(busy({ 'Retry-After': '20' }, 429))).toEqual({ ms: 20_000, tries: 1 })
  expect((await coolDownAfter(busy({}, 429))).tries).toBe(1)
})

test('G7 Retry-After is read from plain headers and from those of axios, in any case', async () => {
  const bag = { get: (name: string) => (name.toLowerCase() === 'retry-after' ? '9' : undefined) }
  const plain = axiosLikeError(503, {}, { 'retry-after': '9' })
  const capital = axiosLikeError(503, {}, { 'Retry-After': '9' })
  const withGet = Object.assign(new Error('x'), { response: { status: 503, headers: bag } })
  const onTop = Object.assign(new Error('x'), {
    status: 503,
    headers: new Headers({ 'retry-after': '9' }),
  })
  for (const error of [plain, capital, withGet, onTop]) {
    expect(await coolDownAfter(error)).toEqual({ ms: 9_000, tries: 1 })
  }
})

test('G7 during a long Retry-After nothing is sent, and after it one refresh is', async () => {
  const refresh = scriptedRefresh(busy({ 'Retry-After': '120' }))
  const { session, clock } = await signedIn({ refresh })
  await clock.advance(60_000)
  await expect(session.getAccessToken()).rejects.toMatchObject({ retryAfterMs: 120_000 })
  for (let second = 0; second < 119; second += 1) {
    await clock.advance(1_000)
    await expect(session.getAccessToken()).rejects.toMatchObject({ reason: 'server' })
  }
  expect(refresh.calls).toHaveLength(1)
  await clock.advance(1_000)
  expect(await session.getAccessToken()).toBe('access-2')
})

test('G36 G7 a clock set back during a cool-down does not lengthen it', async () => {
  const { session, clock } = await signedIn({
    refresh: scriptedRefresh(busy({ 'Retry-After': '10' })),
  })
  await clock.advance(60_000)
  await expect(session.getAccessToken()).rejects.toMatchObject({ retryAfterMs: 10_000 })
  clock.stepWall(-86_400_000)
  await clock.advance(10_000)
  expect(await session.getAccessToken()).toBe('access-2')
})
