import { describe, expect, onTestFinished, test } from 'vitest'

import { createSessionPool, isSessionError, memoryStore } from 'unexpired'
import type { Session, SessionPool, SessionPoolOptions } from 'unexpired'

import { isClosed, sessionFor, startPool } from './start-pool.js'

function poolOf(create: (userId: string) => unknown, more: Partial<SessionPoolOptions> = {}) {
  const pool = createSessionPool({ ...more, create: create as (userId: string) => Session })
  onTestFinished(() => pool.close())
  return pool
}

/** What `get` throws. */
function thrownBy(pool: SessionPool, userId: unknown): unknown {
  try {
    pool.get(userId as string)
  } catch (error) {
    return error
  }
  return undefined
}

describe('who is asked for', () => {
  const secret = 4_711_000_815
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['an empty string', ''],
    ['a number', secret],
    ['an object', { toString: () => String(secret) }],
    ['a list', [String(secret)]],
    ['a symbol', Symbol(String(secret))],
  ])('G25 must be a user: %s is told, and not who it was', (_, userId) => {
    const { pool, made } = startPool()
    pool.get('ada')
    const thrown = thrownBy(pool, userId)
    expect(isSessionError(thrown) && thrown.code).toBe('invalid-option')
    expect(String(thrown)).toMatch(/userId/)
    expect(String(thrown)).not.toContain(String(secret))
    expect(made).toEqual(['ada'])
    expect(pool.size).toBe(1)
  })
})

describe('a create that fails', () => {
  test('throws what it threw, keeps nothing, and is asked again', async () => {
    const failure = new Error('no such user')
    let isThere = false
    const pool = poolOf((userId) => {
      if (!isThere) throw failure
      return sessionFor(userId)
    })
    expect(thrownBy(pool, 'ada')).toBe(failure)
    expect(pool.size).toBe(0)
    isThere = true
    expect(await isClosed(pool.get('ada'))).toBe(false)
    expect(pool.size).toBe(1)
  })

  const rubbish: [string, (userId: string) => unknown][] = [
    ['undefined', () => undefined],
    ['null', () => null],
    ['a string', () => 'secret'],
    ['an object', () => ({ getAccessToken: () => 'secret', close: () => undefined })],
    ['a function', () => () => 'secret'],
    ['a copy of a session', (userId) => ({ ...sessionFor(userId) })],
    ['a promise of a session', (userId) => Promise.resolve(sessionFor(userId))],
    ['a promise that rejects', () => Promise.reject(new Error('secret'))],
  ]
  test.each(rubbish)('says what came, and keeps nothing: %s', async (_, create) => {
    const unhandled: unknown[] = []
    const listen = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', listen)
    onTestFinished(() => void process.off('unhandledRejection', listen))

    const pool = poolOf(create)
    const thrown = thrownBy(pool, 'secret-user')
    expect(isSessionError(thrown) && thrown.code).toBe('invalid-option')
    expect(String(thrown)).toMatch(/create/)
    expect(String(thrown)).not.toMatch(/secret/)
    expect(pool.size).toBe(0)
    await new Promise<void>((done) => void setTimeout(done, 5))
    expect(unhandled).toEqual([])
  })

  test('a promise is named as one: create must give the session itself', () => {
    const pool = poolOf((userId) => Promise.resolve(sessionFor(userId)))
    expect(String(thrownBy(pool, 'ada'))).toMatch(/promise/i)
  })

  test('a session that is closed already is given to nobody, and asked for no second time', () => {
    let calls = 0
    const pool = poolOf((userId) => {
      calls += 1
      const session = sessionFor(userId)
      session.close()
      return session
    })
    const thrown = thrownBy(pool, 'ada')
    expect(isSessionError(thrown) && thrown.code).toBe('invalid-option')
    expect(calls).toBe(1)
    expect(pool.size).toBe(0)
  })
})

describe('a create that mixes users up', () => {
  test('G25 one session is not given to two users', async () => {
    const one = sessionFor('ada')
    const pool = poolOf(() => one)
    await one.signIn({ accessToken: 'of-ada', refreshToken: 'r' })
    expect(pool.get('ada')).toBe(one)
    const thrown = thrownBy(pool, 'bob')
    expect(isSessionError(thrown) && thrown.code).toBe('invalid-option')
    expect(String(thrown)).not.toMatch(/ada|bob/)
    // Ada is not punished for it.
    expect(pool.get('ada')).toBe(one)
    expect(await one.getAccessToken()).toBe('of-ada')
    expect(pool.size).toBe(1)
  })

  test('G25 one store is not given to two users, and whoever had it first keeps it', async () => {
    const store = memoryStore()
    const made: Session[] = []
    const pool = poolOf((userId) => {
      const session = sessionFor(userId, { store })
      made.push(session)
      return session
    })
    await pool.get('ada').signIn({ accessToken: 'of-ada', refreshToken: 'r' })
    const thrown = thrownBy(pool, 'bob')
    expect(isSessionError(thrown) && thrown.code).toBe('invalid-option')
    expect(String(thrown)).toMatch(/store/)
    expect(String(thrown)).not.toMatch(/ada|bob/)
    expect(await pool.get('ada').getAccessToken()).toBe('of-ada')
    expect(pool.size).toBe(1)
    // The one that bob was to have is not left behind, watching the store of ada.
    expect(await isClosed(made[1] as Session)).toBe(true)
    expect(await pool.get('ada').getAccessToken()).toBe('of-ada')
  })

  test('G25 nor is a store that belonged to a user who was closed to make room', async () => {
    const store = memoryStore()
    const made: Session[] = []
    const pool = poolOf(
      (userId) => {
        const session = sessionFor(userId, userId === 'cleo' ? {} : { store })
        made.push(session)
        return session
      },
      { max: 1, idleMs: 0 },
    )
    await pool.get('ada').signIn({ accessToken: 'of-ada', refreshToken: 'r' })
    pool.get('cleo')
    expect(await isClosed(made[0] as Session)).toBe(true)
    expect(isSessionError(thrownBy(pool, 'bob'))).toBe(true)
    expect(await isClosed(made[2] as Session)).toBe(true)
    expect(await pool.get('ada').getAccessToken()).toBe('of-ada')
  })

  test('a user who comes back has the store of before, where create kept it', async () => {
    const stores = new Map<string, ReturnType<typeof memoryStore>>()
    const pool = poolOf(
      (userId) => {
        const store = stores.get(userId) ?? memoryStore()
        stores.set(userId, store)
        return sessionFor(userId, { store })
      },
      { max: 1, idleMs: 0 },
    )
    const first = pool.get('ada')
    await first.signIn({ accessToken: 'of-ada', refreshToken: 'r' })
    pool.get('bob')
    expect(await isClosed(first)).toBe(true)
    expect(pool.get('ada')).not.toBe(first)
    expect(await pool.get('ada').getAccessToken()).toBe('of-ada')
  })
})

describe('a create that uses its pool', () => {
  test('may ask for other users', () => {
    const made: string[] = []
    const pool: SessionPool = poolOf((userId) => {
      made.push(userId)
      if (userId === 'tenant:ada') pool.get('tenant')
      return sessionFor(userId)
    })
    const ada = pool.get('tenant:ada')
    expect(made).toEqual(['tenant:ada', 'tenant'])
    expect(pool.get('tenant:ada')).toBe(ada)
    expect(pool.size).toBe(2)
  })

  test('is told when it asks for the very user that it makes, by whichever way', () => {
    let depth = 0
    const pool: SessionPool = poolOf((userId) => {
      if ((depth += 1) > 50) throw new Error('without end')
      pool.get(userId === 'ada' ? 'bob' : 'ada')
      return sessionFor(userId)
    })
    const thrown = thrownBy(pool, 'ada')
    expect(isSessionError(thrown) && thrown.code).toBe('invalid-option')
    expect(String(thrown)).not.toMatch(/ada|bob/)
    expect(depth).toBe(2)
    expect(pool.size).toBe(0)
  })

  test('may close it: what it makes then is closed, too', async () => {
    const made: Session[] = []
    const pool: SessionPool = poolOf((userId) => {
      pool.close()
      const session = sessionFor(userId)
      made.push(session)
      return session
    })
    expect(isSessionError(thrownBy(pool, 'ada'))).toBe(true)
    expect(await isClosed(made[0] as Session)).toBe(true)
    expect(pool.size).toBe(0)
  })

  test('does not lose others that it asks for where there is room for one only', async () => {
    const pool: SessionPool = poolOf(
      (userId) => {
        if (userId !== 'inner') pool.get('inner')
        return sessionFor(userId)
      },
      { max: 1, idleMs: 0 },
    )
    const outer = pool.get('outer')
    expect(await isClosed(outer)).toBe(false)
    expect(pool.get('outer')).toBe(outer)
    expect(pool.size).toBe(1)
  })
})
