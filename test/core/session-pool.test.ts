import { describe, expect, test, vi } from 'vitest'

import { createSession, createSessionPool, isSessionError, memoryStore } from 'unexpired'
import type { Session, SessionPoolOptions, TokenResponse, TokenStore } from 'unexpired'

import { deferred, observe } from './observed.js'
import { never } from './scripted-refresh.js'
import { isClosed, living, startPool } from './start-pool.js'

describe('a pool of sessions', () => {
  test('G25 gives each user one session, however often it is asked, and no two users the same', async () => {
    const { pool, made } = startPool()
    const [ada, bob] = [pool.get('ada'), pool.get('bob')]
    expect(pool.get('ada')).toBe(ada)
    expect(pool.get('bob')).toBe(bob)
    expect(ada).not.toBe(bob)
    expect(made).toEqual(['ada', 'bob'])
    expect(pool.size).toBe(2)

    await ada.signIn({ accessToken: 'of-ada', refreshToken: 'r' })
    expect(await pool.get('ada').getAccessToken()).toBe('of-ada')
    expect(await pool.get('bob').getAccessToken()).toBeUndefined()
  })

  test('G1 all who ask for one user at once share one refresh', async () => {
    let refreshes = 0
    const { pool } = startPool({
      session: {
        refresh: () => Promise.resolve({ accessToken: `fresh-${(refreshes += 1)}` }),
      },
    })
    await pool.get('ada').signIn({ accessToken: 'dead', refreshToken: 'r' })
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        pool
          .get('ada')
          .authorize(({ accessToken }) =>
            Promise.resolve({ status: accessToken === 'dead' ? 401 : 200, accessToken }),
          ),
      ),
    )
    expect(new Set(answers.map(({ status, accessToken }) => `${status} ${accessToken}`))).toEqual(
      new Set(['200 fresh-1']),
    )
    expect(refreshes).toBe(1)
  })

  test('takes any name for a user, those of every object too', () => {
    const { pool, made } = startPool()
    const names = ['__proto__', 'constructor', 'toString', ' ', '0', 'ÄÖ\n', 'x'.repeat(10_000)]
    const sessions = names.map((name) => pool.get(name))
    expect(new Set(sessions).size).toBe(names.length)
    expect(names.map((name) => pool.get(name))).toEqual(sessions)
    expect(made).toEqual(names)
  })

  test('makes a session anew where the app has closed it', async () => {
    const { pool, made } = startPool()
    const closed = pool.get('ada')
    closed.close()
    const anew = pool.get('ada')
    expect(anew).not.toBe(closed)
    expect(await isClosed(anew)).toBe(false)
    expect(pool.get('ada')).toBe(anew)
    expect(made).toEqual(['ada', 'ada'])
    expect(pool.size).toBe(1)
  })

  test('keeps a session whose user signed out: the next sign-in is in the same one', async () => {
    const { pool, made } = startPool()
    const session = pool.get('ada')
    await session.signIn({ accessToken: 'a', refreshToken: 'r' })
    await session.signOut()
    expect(pool.get('ada')).toBe(session)
    await pool.get('ada').signIn({ accessToken: 'b', refreshToken: 's' })
    expect(await session.getAccessToken()).toBe('b')
    expect(made).toEqual(['ada'])
  })

  test('closes all of them when it is closed, and gives none afterwards', async () => {
    const started = startPool({ session: { refresh: never } })
    const { pool, made } = started
    const waiting = pool.get('ada')
    await waiting.signIn({ accessToken: 'a', refreshToken: 'r' })
    const request = observe(waiting.authorize(() => Promise.resolve({ status: 401 })))
    pool.get('bob')
    pool.get('cleo').close()
    const closed = pool.close()
    void pool.close()
    expect(await living(started, 'ada', 'bob', 'cleo')).toEqual([])
    expect(request.error).toMatchObject({ code: 'session-ended', reason: 'closed' })
    expect(pool.size).toBe(0)
    for (const user of ['ada', 'dora']) {
      expect(() => pool.get(user)).toThrow(expect.objectContaining({ reason: 'closed' }))
    }
    expect(made).toEqual(['ada', 'bob', 'cleo'])
    // The refresh never ends, and is not waited for without end.
    expect(closed).toBeInstanceOf(Promise)
  })

  test('G31 is closed once a refresh that was under way has stored what it brought', async () => {
    const store = memoryStore()
    const [called, refreshed] = [deferred(), deferred<TokenResponse>()]
    const { pool } = startPool({
      storeOf: { ada: store },
      session: {
        refresh() {
          called.resolve()
          return refreshed.promise
        },
      },
    })
    await pool.get('ada').signIn({ accessToken: 'a', refreshToken: 'r' })
    observe(pool.get('ada').refresh())
    pool.get('bob')
    await called.promise
    const closed = observe(pool.close())
    await new Promise<void>((done) => void setTimeout(done, 5))
    expect(closed.state).toBe('pending')
    refreshed.resolve({ accessToken: 'b', refreshToken: 's' })
    await expect.poll(() => closed.state, { interval: 1 }).toBe('fulfilled')
    expect(await store.load()).toMatchObject({ generation: 2, tokens: { refreshToken: 's' } })
  })

  test('goes on closing where a store throws when nobody watches it any more', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const throwing: TokenStore = {
      ...memoryStore(),
      watch: () => () => {
        throw new Error('not today')
      },
    }
    const started = startPool({
      max: 2,
      idleMs: 0,
      storeOf: { ada: throwing, cleo: { ...throwing } },
    })
    const { pool } = started
    pool.get('ada')
    pool.get('bob')
    expect(() => pool.get('dora')).not.toThrow()
    expect(await living(started, 'ada', 'bob', 'dora')).toEqual(['bob', 'dora'])
    pool.get('cleo')
    await pool.close()
    expect(await living(started, 'bob', 'cleo', 'dora')).toEqual([])
    expect(pool.size).toBe(0)
  })

  test('may be asked by unbound methods', () => {
    const { pool } = startPool()
    const { get, close } = pool
    expect(get('ada')).toBe(pool.get('ada'))
    void close()
    expect(pool.size).toBe(0)
  })

  test('G40 does not tell who uses it when it is printed or serialised', async () => {
    const { pool } = startPool()
    await pool.get('secret-user').signIn({ accessToken: 'secret-token', refreshToken: 'r' })
    const { inspect } = await import('node:util')
    const shown = inspect(pool, { depth: 9, showHidden: true }) + JSON.stringify(pool)
    expect(shown).not.toMatch(/secret/)
  })
})

describe('options of a pool that make no sense', () => {
  const create = (): Session => createSession({ refresh: never })
  const wrong: [string, unknown][] = [
    ['no options', undefined],
    ['null', null],
    ['no create', {}],
    ['a create that is no function', { create: 'session' }],
    ['a max of 0', { create, max: 0 }],
    ['a max below 0', { create, max: -1 }],
    ['a max that is no number', { create, max: '10' }],
    ['a max that is not a whole number', { create, max: 1.5 }],
    ['a max of NaN', { create, max: NaN }],
    ['an idleMs below 0', { create, idleMs: -1 }],
    ['an idleMs of NaN', { create, idleMs: NaN }],
    ['an idleMs that is no number', { create, idleMs: '1s' }],
  ]

  test.each(wrong)('are named: %s', (_, options) => {
    let thrown: unknown
    try {
      createSessionPool(options as SessionPoolOptions)
    } catch (error) {
      thrown = error
    }
    expect(isSessionError(thrown) && thrown.code).toBe('invalid-option')
    expect(String(thrown)).toMatch(/createSessionPool/)
  })
})
