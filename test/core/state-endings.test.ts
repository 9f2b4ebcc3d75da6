import { describe, expect, test } from 'vitest'

import { transition } from '../../src/core/state.js'
import type { StateEvent } from '../../src/core/state.js'
import { after, kinds, read, received, record, step, tombstone } from './state-cases.js'
import type { Kind } from './state-cases.js'

const signOut: StateEvent = { type: 'sign-out', at: 9 }
const close: StateEvent = { type: 'close' }
const refused = (sessionId: string, generation: number): StateEvent => ({
  type: 'refused',
  sessionId,
  generation,
  at: 9,
})

describe('the app signs out: what it was signed in to ends, once', () => {
  test.each<[Kind, string]>([
    ['restoring', '- (leaving) (restoring)'],
    ['restoring, assumed', 'cookie1 (leaving) (restoring)'],
    ['unreadable', '- (leaving)'],
    ['leaving', '- (leaving) (restoring)'],
    ['signed out', '-'],
    ['live', '†a4 → end a3 signed-out, write'],
    ['pending sign-in', '†b2 (unseen) → end a3 signed-out, write'],
    ['first sign-in pending', '†b2 (unseen) → write'],
    ['pending refresh', '†a5 → end a3 signed-out, write'],
    ['unseen', '†b2 (unseen) → end b1 signed-out, write'],
    ['tombstone', '†a4'],
  ])('%s: %s', (kind, expected) => {
    expect(step(kinds[kind], signOut)).toBe(expected)
  })
})

describe('a refresh with the newest tokens is refused: the session ends', () => {
  test.each<[Kind, string]>([
    ['restoring', '- (restoring)'],
    ['unreadable', '-'],
    ['leaving', '- (leaving) (restoring)'],
    ['signed out', '-'],
    ['live', '†a4 → end a3 refused, write'],
    ['pending sign-in', 'a3 +b1 (unseen)'],
    ['first sign-in pending', '- +b1 (unseen)'],
    ['pending refresh', 'a3 +a4'],
    ['unseen', 'b1 (unseen)'],
    ['tombstone', '†a4'],
  ])('%s: %s', (kind, expected) => {
    expect(step(kinds[kind], refused('a', 3))).toBe(expected)
  })

  test('G16 a refusal of older tokens ends nothing', () => {
    expect(step(kinds.live, refused('a', 2))).toBe('a3')
    expect(step(kinds['pending refresh'], refused('a', 3))).toBe('a3 +a4')
  })

  test('G24 a refusal of another session ends nothing', () => {
    expect(step(kinds.live, refused('b', 3))).toBe('a3')
  })
})

describe('the session is closed: it ends here, and what was begun is kept', () => {
  test.each<[Kind, string]>([
    ['restoring', '- (closed)'],
    ['restoring, assumed', 'cookie1 (closed) → end cookie1 closed'],
    ['unreadable', '- (closed)'],
    ['leaving', '- (leaving) (closed)'],
    ['signed out', '- (closed)'],
    ['live', 'a3 (closed) → end a3 closed'],
    ['pending sign-in', 'a3 +b1 (unseen) (closed) → end a3 closed'],
    ['first sign-in pending', '- +b1 (unseen) (closed)'],
    ['pending refresh', 'a3 +a4 (closed) → end a3 closed'],
    ['unseen', 'b1 (unseen) (closed) → end b1 closed'],
    ['tombstone', '†a4 (closed)'],
  ])('%s: %s', (kind, expected) => {
    expect(step(kinds[kind], close)).toBe(expected)
  })

  test('a refresh that was under way is stored, for who comes next', () => {
    expect(step(kinds.closed, received('a', 3, 'x'))).toBe('a3 +a4(x) (closed) → write')
  })

  test.each<[string, StateEvent]>([
    ['a look at the store', read(undefined)],
    ['newer tokens there', read(record('a', 5))],
    ['another user there', read(record('c', 1))],
    ['a sign-out there', read(tombstone('a', 4))],
    ['tokens', received('a', 3, 'x')],
    ['a write', { type: 'written', record: record('a', 3) }],
    ['a failed write', { type: 'unwritable', record: record('a', 3) }],
    ['a sign-out', signOut],
    ['a refusal', refused('a', 3)],
    ['closing again', close],
  ])('after it nothing ends and nothing is announced: %s', (_name, event) => {
    for (const kind of Object.keys(kinds) as Kind[]) {
      const [next, effects] = transition(after(kinds[kind], close), event)
      expect(next.closed).toBe(true)
      expect(effects.filter((effect) => effect.do !== 'write')).toEqual([])
    }
  })
})

describe('G23 a session that was signed out never lives again', () => {
  test('its refresh comes to nothing', () => {
    expect(step(kinds.tombstone, received('a', 3, 'x'))).toBe('†a4')
  })

  test('a write that was under way is overruled', () => {
    const pending = kinds['pending refresh'].pending ?? record('a', 4)
    const signedOut = after(kinds['pending refresh'], signOut)
    expect(step(signedOut, { type: 'written', record: pending })).toBe('†a5')
  })

  test('a sibling that refreshed meanwhile is overruled, with a later generation', () => {
    const next = after(kinds.tombstone, read(record('a', 8)))
    expect(next.current).toMatchObject({ sessionId: 'a', generation: 9, tokens: undefined })
    expect(next.stored).toEqual(record('a', 8))
  })

  test('a sign-out by somebody with an older generation counts, and no generation goes down', () => {
    for (const kind of ['live', 'pending refresh', 'tombstone'] as const) {
      const next = after(kinds[kind], read(tombstone('a', 2)))
      expect(next.current?.tokens).toBeUndefined()
      expect(next.current?.generation).toBeGreaterThanOrEqual(kinds[kind].current?.generation ?? 0)
    }
  })

  test('another sign-in is taken also before that sign-out is written', () => {
    const begun = record('b', 1)
    const events: StateEvent[] = [
      { type: 'sign-in', record: begun },
      signOut,
      { type: 'written', record: begun },
    ]
    expect(step(after(kinds['signed out'], ...events), read(record('c', 1)))).toBe(
      'c1 → signed-in by store',
    )
  })

  test('another sign-in after it is taken, although a sign-in of ours was being written then', () => {
    const begun = record('b', 1)
    const signedOut = after(kinds['signed out'], { type: 'sign-in', record: begun }, signOut)
    const next = after(
      signedOut,
      { type: 'written', record: begun },
      // The store's own news of that write comes only now, while the sign-out is being written.
      read(begun),
      { type: 'written', record: signedOut.current ?? begun },
    )
    expect(step(next, read(record('c', 1)))).toBe('c1 → signed-in by store')
  })
})

test('G6 of two refreshes that ran nevertheless, the loser adopts', () => {
  const adopted = after(kinds.live, read(record('a', 4)))
  expect(step(adopted, received('a', 3, 'ours'))).toBe('a4')
  expect(step(adopted, received('a', 4, 'next'))).toBe('a4 +a5(next) → write')
})

test('a sign-out before the store was read signs out who is found there, and nobody who comes later', () => {
  const left = after(kinds.leaving, read(record('a', 3)))
  expect(step(left, read(record('c', 1)))).toBe('c1 → signed-in by store')
})

test('signed out and in again before the store was read: the one who is found there leaves', () => {
  const begun = record('b', 1)
  const both = after(kinds.leaving, { type: 'sign-in', record: begun }, read(record('a', 3)))
  expect(step(both, { type: 'written', record: begun })).toBe('b1 → signed-in by app')
})

test('signed in and out before the store was read: what is signed in there later stays', () => {
  const restoring = after(kinds.restoring, { type: 'sign-in', record: record('b', 1) }, signOut)
  for (const found of [undefined, record('a', 3), tombstone('a', 4)]) {
    expect(step(after(restoring, read(found)), read(record('c', 1)))).toBe(
      'c1 → signed-in by store',
    )
  }
})

test('tokens that a server pushed during a refresh are followed by what the refresh brings', () => {
  const pushed = after(kinds.live, received('a', undefined, 'pushed'))
  expect(step(pushed, received('a', 3, 'ours'))).toBe('a3 +a5(ours) → write')
})
