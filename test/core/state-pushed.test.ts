import type { StoredSession } from 'unexpired'
import { describe, expect, test } from 'vitest'

import { initialState } from '../../src/core/state.js'
import type { StateEvent } from '../../src/core/state.js'
import { after, kinds, read, record, step } from './state-cases.js'

/** Tokens that a server pushed to another holder, which has spent no refresh token. */
const pushed = (generation: number): StoredSession => ({
  ...record('a', generation),
  tokens: { accessToken: `pushed${generation}`, refreshToken: 'refresh-a3' },
})

describe('G6 while ours are on their way to the store, others were pushed there', () => {
  test.each([
    [4, 'a3 +a5(a4) → write'],
    [6, 'a3 +a7(a4) → write'],
  ])('of generation %i: ours are newer, as they spent the refresh token', (generation, line) => {
    expect(step(kinds['pending refresh'], read(pushed(generation)))).toBe(line)
  })

  test('of an older generation: ours are written as they are', () => {
    for (const generation of [2, 3]) {
      expect(step(kinds['pending refresh'], read(pushed(generation)))).toBe('a3 +a4 → write')
    }
  })
})

/** As where the access token itself buys the next. */
const bare = (generation: number): StoredSession => ({
  ...record('a', generation),
  tokens: { accessToken: `a${generation}` },
})

const receivedBare = (generation: number | undefined): StateEvent => ({
  type: 'received',
  sessionId: 'a',
  generation,
  spent: undefined,
  tokens: { accessToken: 'next' },
  receivedAt: 0,
})

describe('G6 where there are no refresh tokens', () => {
  const adopted = after(initialState(undefined), read(bare(3)), read(bare(4)))

  test('of two refreshes that ran nevertheless, the loser adopts', () => {
    expect(step(adopted, receivedBare(3))).toBe('a4')
  })

  test('a refresh with what was adopted counts', () => {
    expect(step(adopted, receivedBare(4))).toBe('a4 +a5(next) → write')
  })

  test('what a server pushes counts, whatever was adopted', () => {
    expect(step(adopted, receivedBare(undefined))).toBe('a4 +a5(next) → write')
  })

  test('what another holder stored meanwhile is adopted', () => {
    const pending = after(initialState(undefined), read(bare(3)), receivedBare(3))
    expect(step(pending, read(bare(5)))).toBe('a5 → adopted by store')
    expect(step(pending, read(bare(4)))).toBe('a4 → adopted by store')
  })
})

test('after a sign-in nothing is adopted any more', () => {
  const adopted = after(kinds.live, read(record('a', 4)))
  expect(adopted.adopted).toBe(true)
  expect(after(adopted, { type: 'sign-in', record: record('b', 1) }).adopted).toBe(false)
})
