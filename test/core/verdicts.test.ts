import { createSession } from 'unexpired'
import type { StoredSession, Tokens } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { createDeadRecords } from '../../src/core/dead-records.js'
import { createDoubts } from '../../src/core/doubts.js'
import { createEnds } from '../../src/core/ends.js'
import { record } from './state-cases.js'

describe('records whose tokens were called expired', () => {
  test('are told from others by session, generation and access token', () => {
    const dead = createDeadRecords()
    dead.add(record('a', 1))
    expect(dead.has(record('a', 1))).toBe(true)
    for (const other of [record('b', 1), record('a', 2), record('a', 1, 'other')]) {
      expect(dead.has(other)).toBe(false)
    }
  })

  test('are remembered twenty at a time, each once however often it was called so', () => {
    const dead = createDeadRecords()
    for (let generation = 1; generation <= 20; generation += 1) dead.add(record('a', generation))
    for (let again = 0; again < 20; again += 1) dead.add(record('a', 20))
    expect(dead.has(record('a', 1))).toBe(true)
    dead.add(record('a', 21))
    expect(dead.has(record('a', 1))).toBe(false)
    expect(dead.has(record('a', 2))).toBe(true)
    expect(dead.has(record('a', 21))).toBe(true)
  })
})

describe('G11 a record whose replay was turned down', () => {
  const [one, two, three] = [record('a', 1), record('a', 2), record('a', 3)]

  // No jitter.
  beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.5))

  /** For how long it is doubted, beginning at 0 (milliseconds). */
  function doubtMs(doubts: ReturnType<typeof createDoubts>, doubted: StoredSession): number {
    doubts.begin(doubted, 0)
    let ms = 0
    while (doubts.isDoubted(doubted, ms)) ms += 1
    return ms
  }

  test('is doubted for a second, and the next for twice as long', () => {
    const doubts = createDoubts()
    expect(doubtMs(doubts, one)).toBe(1_000)
    expect(doubts.isDoubted(two, 0)).toBe(false)
    expect(doubtMs(doubts, two)).toBe(2_000)
    expect(doubts.isDoubted(one, 0)).toBe(false)
  })

  test('is doubted no longer for being turned down again', () => {
    const doubts = createDoubts()
    doubts.begin(one, 0)
    doubts.begin(one, 999)
    expect(doubts.isDoubted(one, 1_000)).toBe(false)
  })

  test('after a replay with others was taken, the next counts as the first again', () => {
    const doubts = createDoubts()
    doubts.begin(one, 0)
    doubts.end(two)
    expect(doubtMs(doubts, three)).toBe(1_000)
  })

  test('after one with the same was taken, it does not: what is turned down now and then is in doubt', () => {
    const doubts = createDoubts()
    doubts.begin(one, 0)
    doubts.end(one)
    expect(doubtMs(doubts, two)).toBe(2_000)
  })

  test('before any is, a replay that was taken changes nothing', () => {
    const doubts = createDoubts()
    doubts.end(undefined)
    doubts.end(one)
    expect(doubtMs(doubts, one)).toBe(1_000)
  })
})

describe('how sessions ended', () => {
  const end = { reason: 'refused', cause: undefined } as const

  test('is remembered of the last fifty', () => {
    const ends = createEnds()
    for (let number = 1; number <= 50; number += 1) ends.add(`session ${number}`, end)
    expect(ends.of('session 1')).toBe(end)
    ends.add('session 51', end)
    expect(ends.of('session 1')).toBeUndefined()
    expect(ends.of('session 2')).toBe(end)
    expect(ends.of('session 51')).toBe(end)
  })

  test('none ends twice', () => {
    const ends = createEnds()
    expect(ends.add('a', end)).toBe(true)
    expect(ends.add('a', end)).toBe(false)
  })
})

test('a cookie session is not expired before anybody has said so', () => {
  const session = createSession({
    credential: 'cookie',
    store: { load: () => new Promise(() => undefined), replace: () => true },
    clock: fakeClock(),
    refresh: (): Promise<Partial<Tokens>> => Promise.resolve({}),
  })
  onTestFinished(() => void session.close())
  expect(session.getLifetime()).toMatchObject({ isExpired: false })
})
