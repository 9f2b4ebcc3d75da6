import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { memoryStore } from 'unexpired'
import type { TokenResponse, TokenStore } from 'unexpired'

import { deferred, observe } from './observed.js'
import { tokensOf } from './scripted-refresh.js'
import { isClosed, living, startPool } from './start-pool.js'
import type { StartedPool } from './start-pool.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number): void => void vi.advanceTimersByTime(ms)

const getAll = ({ pool }: StartedPool, ...users: string[]): void => {
  for (const user of users) pool.get(user)
}

describe('one that has anything under way is not closed', () => {
  /** Ada is busy; starteds come and go. */
  async function expectKept(started: StartedPool): Promise<void> {
    pass(60_000)
    getAll(started, 'bob', 'cleo', 'dora')
    expect(await living(started, 'ada', 'bob', 'cleo', 'dora')).toEqual(['ada', 'dora'])
    expect(started.pool.get('ada')).toBe(started.of('ada'))
    expect(started.made).toEqual(['ada', 'bob', 'cleo', 'dora'])
  }

  /** Nothing is under way any more. */
  async function expectClosed(started: StartedPool): Promise<void> {
    pass(60_000)
    getAll(started, 'eve', 'fay')
    expect(await isClosed(started.of('ada'))).toBe(true)
    expect(started.pool.size).toBeLessThanOrEqual(2)
  }

  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
  }

  test('a request that is held', async () => {
    const refreshed = deferred<TokenResponse>()
    const started = startPool({
      max: 2,
      idleMs: 0,
      session: { refresh: () => refreshed.promise, refreshTimeoutMs: 1e8 },
    })
    await started.pool.get('ada').signIn({ accessToken: 'a', refreshToken: 'r' })
    const answers = [401, 200]
    const request = observe(
      started.pool.get('ada').authorize(() => Promise.resolve({ status: answers.shift() })),
    )
    await settled()
    await expectKept(started)
    refreshed.resolve({ accessToken: 'b' })
    await settled()
    expect(request.value).toEqual({ status: 200 })
    await expectClosed(started)
  })

  test('a refresh that nobody waits for', async () => {
    const refreshed = deferred<TokenResponse>()
    const started = startPool({
      max: 2,
      idleMs: 0,
      session: { refresh: () => refreshed.promise, refreshTimeoutMs: 1e8 },
    })
    const ada = started.pool.get('ada')
    await ada.signIn({ accessToken: 'a', refreshToken: 'r', expiresIn: 100 })
    pass(91_000)
    // Ahead of time: it goes at once.
    expect(await ada.getAccessToken()).toBe('a')
    expect(ada.status).toBe('refreshing')
    await expectKept(started)
    refreshed.resolve({ accessToken: 'b', expiresIn: 1e6 })
    await settled()
    await expectClosed(started)
  })

  test('a request whose answer has not come yet', async () => {
    const answer = deferred<{ status: number }>()
    const started = startPool({ max: 2, idleMs: 0 })
    const ada = started.pool.get('ada')
    await ada.signIn({ accessToken: 'a', refreshToken: 'r' })
    const request = observe(ada.authorize(() => answer.promise))
    await expectKept(started)
    answer.resolve({ status: 200 })
    await settled()
    expect(request.value).toEqual({ status: 200 })
    await expectClosed(started)
  })

  test('a request that is turned away late is replayed in the same session', async () => {
    const answer = deferred<{ status: number; by: string | undefined }>()
    const started = startPool({ max: 2, idleMs: 0 })
    const ada = started.pool.get('ada')
    await ada.signIn({ accessToken: 'a', refreshToken: 'r' })
    let attempts = 0
    const request = observe(
      ada.authorize(({ accessToken }) =>
        (attempts += 1) === 1 ? answer.promise : Promise.resolve({ status: 200, by: accessToken }),
      ),
    )
    await expectKept(started)
    answer.resolve({ status: 401, by: 'a' })
    await settled()
    expect(request.value).toEqual({ status: 200, by: 'ada-2' })
  })

  test('a request that failed is over, and so is one whose attempt threw', async () => {
    const answer = deferred<never>()
    const started = startPool({ max: 2, idleMs: 0 })
    const ada = started.pool.get('ada')
    await ada.signIn({ accessToken: 'a', refreshToken: 'r' })
    const request = observe(ada.authorize(() => answer.promise))
    const thrown = observe(
      ada.authorize(() => {
        throw new Error('at once')
      }),
    )
    await expectKept(started)
    answer.reject(new Error('the network'))
    await settled()
    expect([request.state, thrown.state]).toEqual(['rejected', 'rejected'])
    await expectClosed(started)
  })

  test('tokens that no store has yet', async () => {
    let isFull = true
    const memory = memoryStore()
    const full: TokenStore = {
      load: () => memory.load(),
      replace: (expected, next) => {
        if (isFull) throw new Error('disk full')
        return memory.replace(expected, next)
      },
    }
    const started = startPool({ max: 2, idleMs: 0, storeOf: { ada: full } })
    await started.pool.get('ada').signIn(tokensOf(1))
    getAll(started, 'bob', 'cleo', 'dora')
    expect(await living(started, 'ada', 'bob', 'cleo', 'dora')).toEqual(['ada', 'dora'])
    isFull = false
    await vi.advanceTimersByTimeAsync(120_000)
    expect(await memory.load()).toMatchObject({ tokens: { accessToken: 'access-1' } })
    getAll(started, 'eve', 'fay')
    expect(await isClosed(started.of('ada'))).toBe(true)
  })

  test('a store that has not answered yet, for whoever waits for it', async () => {
    const loaded = deferred<undefined>()
    const started = startPool({
      max: 2,
      idleMs: 0,
      storeOf: { ada: { load: () => loaded.promise, replace: () => true } },
    })
    const request = observe(started.pool.get('ada').getAccessToken())
    getAll(started, 'bob', 'cleo', 'dora')
    expect(await living(started, 'bob', 'cleo', 'dora')).toEqual(['dora'])
    expect(request.state).toBe('pending')
    loaded.resolve(undefined)
    await settled()
    expect(request.state).toBe('fulfilled')
  })

  test('a sign-in that is being stored', async () => {
    const written = deferred<boolean>()
    const started = startPool({
      max: 2,
      idleMs: 0,
      storeOf: { ada: { load: () => undefined, replace: () => written.promise } },
    })
    const signingIn = observe(started.pool.get('ada').signIn(tokensOf(1)))
    await settled()
    getAll(started, 'bob', 'cleo', 'dora')
    written.resolve(true)
    await settled()
    expect(signingIn.state).toBe('fulfilled')
    expect(await living(started, 'ada', 'dora')).toEqual(['ada', 'dora'])
  })
})
