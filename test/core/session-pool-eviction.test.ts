import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { createSessionPool, memoryStore, RefreshUnavailableError } from 'unexpired'

import { isClosed, living, sessionFor, startPool } from './start-pool.js'
import type { StartedPool } from './start-pool.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number): void => void vi.advanceTimersByTime(ms)

/** Asks for each, with a moment between them. */
function getAll({ pool }: StartedPool, ...users: string[]): void {
  for (const user of users) {
    pool.get(user)
    pass(1)
  }
}

describe('a pool that is full', () => {
  test('closes the one that was asked for the longest time ago', async () => {
    const started = startPool({ max: 2, idleMs: 0 })
    getAll(started, 'ada', 'bob', 'cleo')
    expect(started.pool.size).toBe(2)
    expect(await living(started, 'ada', 'bob', 'cleo')).toEqual(['bob', 'cleo'])
  })

  test('counts from the last time that one was asked for, not from when it was made', async () => {
    const started = startPool({ max: 2, idleMs: 0 })
    getAll(started, 'ada', 'bob', 'ada', 'ada', 'cleo')
    expect(await living(started, 'ada', 'bob', 'cleo')).toEqual(['ada', 'cleo'])
  })

  test('never closes the one that it is about to give', async () => {
    const started = startPool({ max: 1, idleMs: 0 })
    for (const user of ['ada', 'bob', 'ada', 'bob', 'bob']) {
      expect(await isClosed(started.pool.get(user))).toBe(false)
      expect(started.pool.size).toBe(1)
    }
    expect(started.made).toEqual(['ada', 'bob', 'ada', 'bob'])
  })

  test('holds ten thousand, unless it is told otherwise', () => {
    const { pool } = startPool({ idleMs: 0 })
    for (let user = 0; user < 10_050; user += 1) pool.get(`user-${user}`)
    expect(pool.size).toBe(10_000)
  })

  test('keeps those that were asked for within idleMs, and grows rather than cut one off', async () => {
    const started = startPool({ max: 2, idleMs: 1_000 })
    getAll(started, 'ada', 'bob', 'cleo', 'dora')
    expect(started.pool.size).toBe(4)
    expect(await living(started, 'ada', 'bob', 'cleo', 'dora')).toHaveLength(4)
  })

  test('is back at its size with the next that is asked for, once they are idle', async () => {
    const started = startPool({ max: 2, idleMs: 1_000 })
    getAll(started, 'ada', 'bob', 'cleo', 'dora')
    pass(500)
    getAll(started, 'bob')
    pass(800)
    getAll(started, 'eve')
    expect(started.pool.size).toBe(2)
    expect(await living(started, 'ada', 'bob', 'cleo', 'dora', 'eve')).toEqual(['bob', 'eve'])
  })

  test('takes half a minute for idle, unless it is told otherwise', async () => {
    const started = startPool({ max: 1 })
    getAll(started, 'ada')
    pass(29_990)
    getAll(started, 'bob')
    expect(started.pool.size).toBe(2)
    pass(10)
    getAll(started, 'cleo')
    expect(await living(started, 'ada', 'bob', 'cleo')).toEqual(['bob', 'cleo'])
  })

  test('a wall clock that is set back keeps nobody in for ever', () => {
    const started = startPool({ max: 1, idleMs: 1_000 })
    getAll(started, 'ada')
    vi.setSystemTime(Date.now() - 86_400_000)
    pass(2_000)
    getAll(started, 'bob')
    expect(started.pool.size).toBe(1)
  })
})

test('those whose store is away are idle, too: an outage does not fill the memory', async () => {
  const gone = new RefreshUnavailableError('network', 0, 'Redis is away')
  const pool = createSessionPool({
    create: (userId) =>
      sessionFor(userId, { store: { ...memoryStore(), load: () => Promise.reject(gone) } }),
    max: 3,
    idleMs: 0,
  })
  onTestFinished(() => pool.close())
  for (let user = 0; user < 100; user += 1) {
    await pool.get(`user-${user}`).ready
  }
  expect(pool.size).toBeLessThan(10)
})
