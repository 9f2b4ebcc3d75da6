import { beforeEach, describe, expect, test, vi } from 'vitest'

import { memoryStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'

import { deferred, observe } from './observed.js'
import {
  axiosLikeError,
  jsonResponse,
  never,
  scriptedRefresh,
  tokensOf,
} from './scripted-refresh.js'
import { eventsOf, signedIn } from './start-session.js'

// The pauses are three quarters of what they can be: 75 and 300 milliseconds.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.5))

const lost = () => new TypeError('Failed to fetch')

describe('the tries of one refresh', () => {
  test('G17 the second comes after 75 ms, the third after 300 more', async () => {
    const { session, clock, refresh } = await signedIn({ refresh: scriptedRefresh(lost(), lost()) })
    const refreshed = observe(session.refresh())
    for (const [ms, calls] of [
      [74, 1],
      [1, 2],
      [299, 2],
      [1, 3],
    ] as const) {
      await clock.advance(ms)
      expect(refresh.calls).toHaveLength(calls)
    }
    expect(refreshed.value).toEqual(tokensOf(2))
  })

  /** The second try fails so late; two timeouts of a second are the most that all may take. */
  async function secondFailing(atMs: number, lateMs: number) {
    const inner = fakeClock()
    let extraMs = 0
    const clock = { ...inner, monotonic: () => inner.monotonic() + extraMs }
    const second = deferred<never>()
    const refresh = scriptedRefresh(never, () => second.promise)
    const { session } = await signedIn({ clock, refresh, refreshTimeoutMs: 1_000 })
    const refreshed = observe(session.refresh())
    await clock.advance(atMs)
    second.reject(lost())
    await clock.advance(0)
    extraMs = lateMs
    await clock.advance(300)
    return { refresh, refreshed }
  }

  test('G9 the last is made where a quarter of its time is left', async () => {
    const { refresh, refreshed } = await secondFailing(1_450, 0)
    expect(refresh.calls).toHaveLength(3)
    expect(refreshed.value).toEqual(tokensOf(2))
  })

  test('G9 it is not where less is left', async () => {
    const { refresh, refreshed } = await secondFailing(1_451, 0)
    expect(refresh.calls).toHaveLength(2)
    expect(refreshed.error).toMatchObject({ reason: 'network' })
  })

  test('G9 nor where the pause before it took too long, as on a hidden page', async () => {
    const { refresh, refreshed } = await secondFailing(1_450, 1)
    expect(refresh.calls).toHaveLength(2)
    expect(refreshed.error).toMatchObject({ reason: 'network' })
  })

  test('G4 before each, the store is read: a page that was frozen may have lost its turn', async () => {
    const store = memoryStore()
    const { session, clock, refresh } = await signedIn({ store, refresh: scriptedRefresh(lost()) })
    const refreshed = observe(session.refresh())
    await clock.advance(0)
    const stored = await store.load()
    if (!stored) expect.unreachable()
    await store.replace(stored, { ...stored, generation: 2, tokens: tokensOf(2) })
    await clock.advance(1_000)
    expect(refreshed.value).toEqual(tokensOf(2))
    expect(refresh.calls).toHaveLength(1)
  })
})

test('G9 a third turn that is lost, too, is used', async () => {
  const { load, replace } = memoryStore()
  let asked = 0
  const exclusive = (work: () => Promise<unknown>): Promise<never> => {
    asked += 1
    void work()
    return Promise.reject(new Error('lost'))
  }
  const { session, clock, refresh } = await signedIn({ store: { load, replace, exclusive } })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  expect(refreshed.value).toEqual(tokensOf(2))
  expect([asked, refresh.calls.length]).toEqual([3, 1])
})

test('G16 a body that comes with the signal of its try is read before that signal ends', async () => {
  const refresh = scriptedRefresh(({ signal }) => {
    const text = (): Promise<string> =>
      signal.aborted
        ? Promise.reject(new Error('aborted'))
        : Promise.resolve('{"error":"invalid_grant"}')
    const response = { status: 400, bodyUsed: false, clone: () => ({ text }) }
    return Promise.reject(Object.assign(new Error('400'), { response }))
  })
  const { session } = await signedIn({ refresh })
  await expect(session.refresh()).rejects.toMatchObject({ reason: 'refused' })
})

test('G16 a refusal that another holder was faster than is no reason for a later end', async () => {
  const store = memoryStore()
  const answer = deferred<object>()
  const { session, clock } = await signedIn({
    store,
    refresh: scriptedRefresh(() => answer.promise),
  })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  const stored = await store.load()
  if (!stored) expect.unreachable()
  const newer = { ...stored, generation: 2, tokens: tokensOf(2) }
  await store.replace(stored, newer)
  answer.resolve(jsonResponse(401, {}))
  await clock.advance(0)
  expect(refreshed.value).toEqual(tokensOf(2))

  const elsewhere = { ...newer, generation: 3, tokens: undefined, reason: 'refused' } as const
  await store.replace(newer, elsewhere)
  const ended = observe(session.refresh())
  await clock.advance(0)
  expect(ended.error).toMatchObject({ reason: 'refused' })
  expect(ended.error).not.toHaveProperty('cause')
})

test('G17 an error beside a 2xx is an answer that came in part: the same refresh token is sent again', async () => {
  const cut = axiosLikeError(200, '{"access_token":"acc')
  const { session, clock, refresh } = await signedIn({ refresh: scriptedRefresh(cut, cut) })
  const refreshed = observe(session.refresh())
  await clock.advance(1_000)
  expect(refreshed.value).toEqual(tokensOf(2))
  expect(refresh.calls.map(({ refreshToken }) => refreshToken)).toEqual(
    Array.from({ length: 3 }, () => 'refresh-1'),
  )
})

test('one that stays is the network, not the server', async () => {
  const cut = axiosLikeError(206, '')
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(cut, cut, cut) })
  const refreshed = observe(session.refresh())
  await clock.advance(1_000)
  expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable', reason: 'network' })
})

test.each<[string, () => unknown, RegExp]>([
  ['the server', () => jsonResponse(400, {}), /^the answer was 400; if that .+ or set `refused`$/],
  [
    'its time',
    never,
    /^no answer within \d+ ms; if the .+ mark that request \{ session: false \}$/,
  ],
  [
    'what cannot be read',
    () => Promise.reject(new SyntaxError('Unexpected token < in JSON')),
    /^the answer was not valid JSON$/,
  ],
  [
    'the network',
    () => Promise.reject(lost()),
    /^it could not be sent, or was not answered \(TypeError: Failed to fetch\)$/,
  ],
])('that a refresh is unavailable says why, where it is for %s', async (_why, answer, message) => {
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(answer, answer, answer) })
  void observe(session.refresh())
  await clock.advance(20_000)
  expect(eventsOf(session, 'refresh-unavailable')).toMatchObject([
    { message: expect.stringMatching(message) as string },
  ])
})
