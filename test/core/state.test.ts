import { expect, test } from 'vitest'

import { transition } from '../../src/core/state.js'
import { after, kinds, read, received, record, step } from './state-cases.js'
import type { Kind } from './state-cases.js'
import { table } from './state-table.js'

table(
  'G30 the app signs in: given to nobody before it is written',
  { type: 'sign-in', record: record('d', 1) },
  {
    restoring: '- +d1 (unseen) (restoring) → write',
    'restoring, assumed': 'cookie1 +d1 (unseen) (restoring) → write',
    unreadable: '- +d1 (unseen) → write',
    leaving: '- +d1 (unseen) (leaving) (restoring) → write',
    'signed out': '- +d1 (unseen) → write',
    live: 'a3 +d1 (unseen) → write',
    'pending sign-in': 'a3 +d1 (unseen) → write',
    'first sign-in pending': '- +d1 (unseen) → write',
    'pending refresh': 'a3 +d1 (unseen) → write',
    unseen: 'b1 +d1 (unseen) → write',
    tombstone: '†a4 +d1 (unseen) → write',
  },
)

table('G24 a refresh brings tokens: they are for their own session', received('a', 3, 'x'), {
  restoring: '- (restoring)',
  'restoring, assumed': 'cookie1 (restoring)',
  unreadable: '-',
  leaving: '- (leaving) (restoring)',
  'signed out': '-',
  live: 'a3 +a4(x) → write',
  'pending sign-in': 'a3 +b1 (unseen)',
  'first sign-in pending': '- +b1 (unseen)',
  'pending refresh': 'a3 +a5(x) → write',
  unseen: 'b1 (unseen)',
  tombstone: '†a4',
})

table('a server pushes tokens for the newest session', received('b', undefined, 'x'), {
  restoring: '- (restoring)',
  'restoring, assumed': 'cookie1 (restoring)',
  unreadable: '-',
  leaving: '- (leaving) (restoring)',
  'signed out': '-',
  live: 'a3',
  'pending sign-in': 'a3 +b2(x) (unseen) → write',
  'first sign-in pending': '- +b2(x) (unseen) → write',
  'pending refresh': 'a3 +a4',
  unseen: 'b1 +b2(x) (unseen) → write',
  tombstone: '†a4',
})

table(
  'G30 the newest is written: now it is given out',
  (kind) => ({ type: 'written', record: kinds[kind].pending ?? newestOf(kind) }),
  {
    restoring: '- (restoring)',
    'restoring, assumed': 'cookie1 (restoring)',
    unreadable: '-',
    leaving: '- (restoring)',
    'signed out': '-',
    live: 'a3',
    'pending sign-in': 'b1 → end a3 replaced, signed-in by app',
    'first sign-in pending': 'b1 → signed-in by app',
    'pending refresh': 'a4',
    unseen: 'b1',
    tombstone: '†a4',
  },
)

table(
  'G31 the newest cannot be written: it serves from memory',
  (kind) => ({ type: 'unwritable', record: kinds[kind].pending ?? newestOf(kind) }),
  {
    restoring: '- (restoring)',
    'restoring, assumed': 'cookie1 (restoring)',
    unreadable: '-',
    leaving: '- (leaving) (restoring)',
    'signed out': '-',
    live: 'a3',
    'pending sign-in': 'b1 (unseen) → end a3 replaced, signed-in by app',
    'first sign-in pending': 'b1 (unseen) → signed-in by app',
    'pending refresh': 'a4',
    unseen: 'b1 (unseen)',
    tombstone: '†a4',
  },
)

const newestOf = (kind: Kind) => kinds[kind].current ?? record('z', 1)

const older = { type: 'written', record: record('a', 3) } as const
const olderFailed = { type: 'unwritable', record: record('a', 3) } as const

test.each([older, olderFailed])('what is older being $type gives out nothing newer', (event) => {
  expect(step(kinds['pending sign-in'], event)).toBe('a3 +b1 (unseen)')
  expect(step(kinds['pending refresh'], event)).toBe('a3 +a4')
})

test.each(Object.keys(kinds) as Kind[])(
  '%s: what an event was done to is left as it was',
  (kind) => {
    const before = structuredClone(kinds[kind])
    for (const event of [read(record('c', 1)), received('a', 3, 'x'), older]) {
      transition(kinds[kind], event)
    }
    expect(kinds[kind]).toEqual(before)
  },
)

test('G33 a refresh without a refresh token keeps the old one', () => {
  const tokens = { accessToken: 'x' }
  const next = after(kinds.live, {
    type: 'received',
    sessionId: 'a',
    generation: 3,
    spent: 'refresh-a3',
    tokens,
    receivedAt: 7,
  })
  expect(next.pending).toMatchObject({
    receivedAt: 7,
    tokens: { accessToken: 'x', refreshToken: 'refresh-a3' },
  })
})
