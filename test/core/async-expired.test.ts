import { getEventListeners } from 'node:events'

import { expect, test, vi } from 'vitest'

import { deferred, observe } from './observed.js'
import { never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { signedIn } from './start-session.js'

/** Node tells of unhandled rejections after a turn of the event loop. */
const turn = (): Promise<void> => new Promise((done) => void setImmediate(done))

test('G12 an abort ends a request at once whose answer is still being looked at', async () => {
  const { session, refresh } = await signedIn()
  const controller = new AbortController()
  const expired = vi.fn<() => Promise<boolean>>(never)
  const asked = observe(
    session.authorize(() => Promise.resolve(1), { expired, signal: controller.signal }),
  )
  await turn()
  expect([expired.mock.calls.length, asked.state]).toEqual([1, 'pending'])
  controller.abort(new Error('enough'))
  await turn()
  expect(asked.error).toEqual(new Error('enough'))
  expect(refresh.calls).toHaveLength(0)
})

test('G12 what that answer turns out to say counts no more', async () => {
  const { session, refresh } = await signedIn()
  const controller = new AbortController()
  const verdict = deferred<boolean>()
  const attempt = vi.fn<() => Promise<number>>().mockResolvedValue(1)
  const asked = observe(
    session.authorize(attempt, { expired: () => verdict.promise, signal: controller.signal }),
  )
  await turn()
  controller.abort()
  verdict.resolve(true)
  await turn()
  expect(asked.error).toMatchObject({ name: 'AbortError' })
  expect([attempt.mock.calls.length, refresh.calls.length]).toEqual([1, 0])
})

test('G12 also of a replay, and with what the client rejects aborts with', async () => {
  const { session, refresh } = await signedIn()
  const controller = new AbortController()
  let looks = 0
  const asked = observe(
    session.authorize(() => Promise.resolve(1), {
      expired: () => ((looks += 1) === 1 ? Promise.resolve(true) : never()),
      signal: controller.signal,
      abortReason: () => 'in the client’s own words',
    }),
  )
  await turn()
  expect([looks, refresh.calls.length]).toEqual([2, 1])
  controller.abort()
  await turn()
  expect(asked.error).toBe('in the client’s own words')
})

test('G14 when it fails after an abort, no rejection is unhandled', async () => {
  const { session } = await signedIn()
  const seen: unknown[] = []
  const listener = (reason: unknown): void => void seen.push(reason)
  const shown = vi.spyOn(console, 'error').mockReturnValue()
  process.on('unhandledRejection', listener)
  const controller = new AbortController()
  const verdict = deferred<boolean>()
  const asked = observe(
    session.authorize(() => Promise.resolve(1), {
      expired: () => verdict.promise,
      signal: controller.signal,
    }),
  )
  await turn()
  controller.abort()
  verdict.reject(new Error('unreadable'))
  await turn()
  await turn()
  process.off('unhandledRejection', listener)
  expect(asked.state).toBe('rejected')
  expect(seen).toEqual([])
  expect(shown).not.toHaveBeenCalled()
})

test.each(['good', 'expired', 'failing'])(
  'a signal that lives on keeps no listener of a request that has settled: %s',
  async (kind) => {
    const { session } = await signedIn()
    const shown = vi.spyOn(console, 'error').mockReturnValue()
    const { signal } = new AbortController()
    let looks = 0
    const expired = async (): Promise<boolean> => {
      await turn()
      if (kind === 'failing') throw new Error('unreadable')
      return kind === 'expired' && (looks += 1) === 1
    }
    for (let request = 0; request < 3; request += 1) {
      looks = 0
      await session.authorize(() => Promise.resolve(1), { expired, signal })
    }
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(shown).toHaveBeenCalledTimes(kind === 'failing' ? 3 : 0)
  },
)

test('an abort after the answer has been looked at changes nothing', async () => {
  const { session } = await signedIn()
  const controller = new AbortController()
  const asked = session.authorize(() => Promise.resolve('answer'), {
    expired: () => Promise.resolve(false),
    signal: controller.signal,
  })
  expect(await asked).toBe('answer')
  controller.abort()
  expect(await asked).toBe('answer')
})

test('G24 the session that ends meanwhile ends the request, if its answer says expired', async () => {
  for (const isExpired of [true, false]) {
    const { session } = await signedIn({ refresh: scriptedRefresh() })
    const verdict = deferred<boolean>()
    const attempt = vi.fn<() => Promise<string>>().mockResolvedValue('answer')
    const asked = observe(session.authorize(attempt, { expired: () => verdict.promise }))
    await turn()
    await session.signIn(tokensOf(7))
    verdict.resolve(isExpired)
    await turn()
    if (isExpired) expect(asked.error).toMatchObject({ reason: 'replaced', response: 'answer' })
    else expect(asked.value).toBe('answer')
    expect(attempt).toHaveBeenCalledOnce()
  }
})
