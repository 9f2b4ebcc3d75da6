import { describe, expect, test } from 'vitest'

import type { StateEvent } from '../../src/core/state.js'
import { after, kinds, read, record, step, tombstone } from './state-cases.js'

const signOut: StateEvent = { type: 'sign-out', at: 9 }
const unreadable: StateEvent = { type: 'unreadable', at: 9 }
const begin: StateEvent = { type: 'sign-in', record: record('d', 1) }

/** A cookie session, that nobody has looked up yet. */
const assumed = kinds['restoring, assumed']

describe('signed out before the store was read', () => {
  test('one that was assumed ends also where the store cannot be read', () => {
    expect(step(after(assumed, signOut), unreadable)).toBe(
      '†cookie2 (leaving) → end cookie1 signed-out, write',
    )
  })

  test('a sign-in after it does not, where the store cannot be read', () => {
    expect(step(after(assumed, signOut, begin), unreadable)).toBe(
      'cookie1 +d1 (unseen) (leaving) → write',
    )
  })

  test('a sign-in after it is written over who is found', () => {
    expect(step(after(kinds.leaving, begin), read(record('a', 3)))).toBe('- +d1 (unseen) → write')
  })

  test('one that was assumed, and is there, ends', () => {
    expect(step(after(assumed, signOut), read(record('cookie', 1)))).toBe(
      '†cookie2 → end cookie1 signed-out, write',
    )
  })

  test.each([2, 5])(
    'one that was assumed, and refreshed since (%i), ends for all',
    (generation) => {
      expect(step(after(assumed, signOut), read(record('cookie', generation)))).toBe(
        `†cookie${generation + 1} → end cookie1 signed-out, write`,
      )
    },
  )

  test('one that was assumed, and is not there, ends', () => {
    expect(step(after(assumed, signOut), read(undefined))).toBe(
      '†cookie2 → end cookie1 signed-out, write',
    )
  })

  test('where another was signed out already, nobody ends', () => {
    expect(step(after(assumed, signOut), read(tombstone('a', 4)))).toBe('†a4')
  })

  test('a sign-in before it is left behind once, where nothing is found', () => {
    expect(step(after(kinds.restoring, begin, signOut), read(undefined))).toBe('†d2 → write')
  })

  test('a sign-in before it is left behind where it is found', () => {
    const left = after(kinds.restoring, begin, signOut)
    expect(step(left, read(record('d', 1)))).toBe('†d2 → write')
    expect(step(left, read(tombstone('d', 2)))).toBe('†d2')
  })
})

test('a sign-in takes the place of a session that was only assumed, and nobody was signed out', () => {
  const begun = after(assumed, read(undefined), begin)
  expect(step(begun, { type: 'written', record: begun.pending ?? record('d', 1) })).toBe(
    'd1 → signed-in by app',
  )
})

test('what a sign-out stores says nothing but that', () => {
  expect(after(kinds.live, signOut).current).toStrictEqual({
    version: 1,
    sessionId: 'a',
    generation: 4,
    receivedAt: 9,
    tokens: undefined,
  })
})

test('a sign-out that was stored with an older generation than ours is stored anew', () => {
  expect(step(kinds.live, read(tombstone('a', 2)))).toBe('†a3 → end a3 signed-out, write')
  expect(step(kinds['pending refresh'], read(tombstone('a', 3)))).toBe(
    '†a4 → end a3 signed-out, write',
  )
})
