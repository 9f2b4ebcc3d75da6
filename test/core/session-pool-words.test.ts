import { describe, expect, onTestFinished, test } from 'vitest'

import { createSessionPool, memoryStore, SessionEndedError } from 'unexpired'
import type { Session, SessionPool, SessionPoolOptions } from 'unexpired'

import { isClosed, sessionFor, startPool } from './start-pool.js'

/** What a program without a type checker may pass. */
function poolWith(options: unknown): SessionPool {
  const pool = createSessionPool(options as SessionPoolOptions)
  onTestFinished(() => pool.close())
  return pool
}

const poolOf = (create: (userId: string) => unknown): SessionPool => poolWith({ create })

/** What it says is wrong. */
function wrongIn(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    expect(error).toMatchObject({ name: 'SessionError', code: 'invalid-option' })
    return String(error).replace('SessionError: [unexpired] createSessionPool: ', '')
  }
  return 'nothing'
}

describe('a pool says what it was given, and what it expected', () => {
  const create = sessionFor
  const idle = 'idleMs: expected milliseconds, 0 or more'
  const max = 'max: expected a whole number, 1 or more'

  test.each<[string, unknown, string]>([
    ['no options', undefined, 'create: expected a function, got undefined'],
    ['no create', {}, 'create: expected a function, got undefined'],
    ['a session', { create: {} }, 'create: expected a function, got object'],
    ['none', { create, max: 0 }, `${max}, got 0`],
    ['half a one', { create, max: 1.5 }, `${max}, got 1.5`],
    ['a text', { create, max: '7' }, `${max}, got string`],
    ['null', { create, max: null }, `${max}, got null`],
    ['less than nothing', { create, idleMs: -1 }, `${idle}, got -1`],
    ['no number', { create, idleMs: Number.NaN }, `${idle}, got NaN`],
    ['a time in a text', { create, idleMs: '1000' }, `${idle}, got string`],
    ['no time', { create, idleMs: null }, `${idle}, got null`],
  ])('in its options: %s', (_name, options, said) => {
    expect(wrongIn(() => poolWith(options))).toBe(said)
  })

  test.each<[string, unknown, string]>([
    ['an empty text', '', 'an empty one'],
    ['a number', 7, 'number'],
    ['nothing', undefined, 'undefined'],
  ])('in who is asked for: %s', (_name, userId, got) => {
    const { pool } = startPool()
    const said = `get: userId: expected a text that is not empty, got ${got}`
    expect(wrongIn(() => pool.get(userId as string))).toBe(said)
  })

  /** It can be looked at once; who waits for it is told what is wrong with it. */
  const careless = (): unknown => {
    let looks = 0
    const then = (): never => expect.unreachable()
    return new Proxy({}, { get: (_, name) => (name === 'then' && !looks++ ? then : then()) })
  }

  test.each<[string, () => unknown]>([
    ['a promise', () => Promise.resolve()],
    ['a promise that was made carelessly', careless],
  ])('in what create gave: %s', (_name, make) => {
    expect(wrongIn(() => poolOf(make).get('ann'))).toBe(
      'create: expected the session itself, got a promise',
    )
  })

  test('in whom create made it for', () => {
    const one = sessionFor('ann')
    const pool = poolOf(() => one)
    expect(pool.get('ann')).toBe(one)
    expect(wrongIn(() => pool.get('bob'))).toBe(
      'create: expected a session for each user, got one that another user has',
    )
    const store = memoryStore()
    const stores = poolOf((userId) => sessionFor(userId, { store }))
    stores.get('ann')
    expect(wrongIn(() => stores.get('bob'))).toBe(
      'create: expected a store for each user, got one that another user has',
    )
  })

  test('in how it was made', () => {
    const closed = (userId: string): Session => {
      const session = sessionFor(userId)
      void session.close()
      return session
    }
    expect(wrongIn(() => poolOf(closed).get('ann'))).toBe(
      'create: expected a session that is live, got one that is closed',
    )
    const pool: SessionPool = poolOf((userId) => pool.get(userId))
    expect(wrongIn(() => pool.get('ann'))).toBe(
      'create: it asked the pool for the user that it was to make',
    )
  })
})

test('a pool that is closed by create, or before, says so', async () => {
  const pool: SessionPool = poolOf((userId) => {
    void pool.close()
    return sessionFor(userId)
  })
  const ended = expect.objectContaining({ code: 'session-ended', reason: 'closed' }) as Error
  expect(() => pool.get('ann')).toThrow(ended)
  expect(() => pool.get('ann')).toThrow(SessionEndedError)
})

test('a pool may be without end', () => {
  const pool = poolWith({ create: sessionFor, max: Infinity, idleMs: 0 })
  expect([pool.get('ann'), pool.get('bob')]).toHaveLength(2)
  expect(pool.size).toBe(2)
})

describe('where those asked for longest ago are busy', () => {
  const occupy = (session: Session): void => {
    void session.signIn({ accessToken: 'a' }).catch(() => undefined)
    void session.authorize(() => new Promise(() => undefined)).catch(() => undefined)
  }

  test('the one that is about to be given is not closed in their place', async () => {
    const { pool } = startPool({ max: 1, idleMs: 0 })
    occupy(pool.get('ann'))
    const bob = pool.get('bob')
    expect(pool.size).toBe(2)
    expect(await isClosed(bob)).toBe(false)
  })

  test.each([
    ['the eighth that is looked at is closed', 7, 8],
    ['the ninth waits for the next time', 8, 10],
  ])('%s', (_what, busy, size) => {
    const { pool } = startPool({ max: busy + 1, idleMs: 0 })
    for (let user = 0; user < busy; user += 1) occupy(pool.get(`busy-${user}`))
    pool.get('idle')
    expect(pool.size).toBe(busy + 1)
    pool.get('ann')
    expect(pool.size).toBe(size)
    pool.get('ann')
    expect(pool.size).toBe(busy + 1)
  })
})
