import { expect, test } from 'vitest'

import type { SessionEvent, SessionEvents } from 'unexpired'

import { createLanes } from '../../src/devtools/lanes.js'
import { generationsOf, laneInWords } from '../../src/devtools/words.js'

type Detail = Partial<SessionEvents[keyof SessionEvents]> & Pick<SessionEvent, 'type'>

/** Lanes of these events, each at its time. */
function lanesOf(...events: readonly (readonly [at: number, event: Detail])[]) {
  const record = createLanes()
  for (const [at, event] of events) {
    record.add({ at: 0, sessionId: 'one', generation: 1, ...event } as SessionEvent, at)
  }
  return record
}

const sent = (requestId: number, path = '/me', attempt: 1 | 2 = 1, generation = 1): Detail => ({
  type: 'sent',
  requestId,
  attempt,
  method: 'GET',
  path,
  generation,
})
const settled = (
  requestId: number,
  outcome: SessionEvents['settled']['outcome'] = 'answered',
): Detail => ({ type: 'settled', requestId, outcome })

test('a request that is turned away, held and replayed is one lane of three stretches', () => {
  const record = lanesOf(
    [10, sent(1)],
    [30, { type: 'turned-away', requestId: 1, attempt: 1 }],
    [30, { type: 'held', requestId: 1, why: 'refreshing' }],
    [70, { type: 'released', requestId: 1, outcome: 'sent', waitedMs: 40 }],
    [70, { type: 'replayed', requestId: 1 }],
    [70, sent(1, '/me', 2, 2)],
    [95, settled(1)],
  )
  const [, lane] = record.lanes()
  expect(lane).toEqual({
    id: '1',
    what: 'request',
    label: 'GET /me',
    outcome: 'answered',
    spans: [
      { kind: 'sent', from: 10, to: 30, end: 'turned-away', generation: 1, attempt: 1 },
      { kind: 'held', from: 30, to: 70, end: 'done', generation: undefined },
      { kind: 'sent', from: 70, to: 95, end: 'done', generation: 2, attempt: 2 },
    ],
  })
  expect(lane && generationsOf(lane)).toBe('1→2')
  expect(lane && laneInWords(lane)).toBe(
    'GET /me: sent generation 1, turned-away after 20 ms, held after 40 ms, ' +
      'replayed generation 2 after 25 ms, answered',
  )
})

test('what is going on has no end, and is said to go on', () => {
  const [, lane] = lanesOf([10, sent(1)]).lanes()
  expect(lane?.spans).toMatchObject([{ from: 10, to: undefined, end: 'going-on' }])
  expect(lane && laneInWords(lane)).toBe('GET /me: sent generation 1, going on')
})

test('a request that was aborted while it was held was never sent', () => {
  const [, lane] = lanesOf(
    [10, { type: 'held', requestId: 4, why: 'refreshing' }],
    [25, { type: 'released', requestId: 4, outcome: 'aborted', waitedMs: 15 }],
    [25, settled(4, 'aborted')],
  ).lanes()
  expect(lane).toMatchObject({
    label: '#4',
    outcome: 'aborted',
    spans: [{ kind: 'held', from: 10, to: 25, end: 'aborted' }],
  })
})

test('one that went without a token has no generation', () => {
  const [, lane] = lanesOf([10, { ...sent(1, '/login'), sessionId: undefined }]).lanes()
  expect(lane?.spans[0]?.generation).toBeUndefined()
})

test('a request that is held is named', () => {
  const [, lane] = lanesOf(
    [10, { type: 'held', requestId: 4, why: 'refreshing', method: 'GET', path: '/me' }],
    [30, { type: 'released', requestId: 4, outcome: 'failed', waitedMs: 20 }],
    [30, settled(4, 'failed')],
  ).lanes()
  expect(lane && laneInWords(lane)).toBe('GET /me: held, failed after 20 ms, failed')
})

test('of what is past, only what is still going on is drawn', () => {
  const record = createLanes()
  const base = { at: 0, sessionId: 'one', generation: 1 }
  const add = (detail: Detail, at: number): void =>
    record.add({ ...base, ...detail } as SessionEvent, at, true)
  const held = (requestId: number): Detail => ({ type: 'held', requestId, why: 'refreshing' })
  add({ type: 'refresh-started', trigger: 'requested' }, 1)
  add(held(1), 2)
  add({ type: 'refresh-unavailable', reason: 'server' }, 3)
  add({ type: 'released', requestId: 1, outcome: 'failed', waitedMs: 1 }, 3)
  expect(record.lanes()).toMatchObject([{ what: 'refresh', spans: [] }])
  add({ type: 'refresh-started', trigger: 'lifetime-over' }, 10)
  add(held(2), 11)
  expect(record.lanes()).toMatchObject([
    { what: 'refresh', spans: [{ from: 10, to: undefined }] },
    { id: '2', spans: [{ from: 11, to: undefined }] },
  ])
})

test('a refresh that was not seen to begin is as long as it took', () => {
  const [refresh] = lanesOf([
    500,
    { type: 'refreshed', generation: 2, tries: 1, durationMs: 300 },
  ]).lanes()
  expect(refresh?.spans).toMatchObject([{ from: 200, to: 500, end: 'done', generation: 2 }])
})

test('what is going on when a session is closed has no outcome, and ends there', () => {
  const [refresh, lane] = lanesOf(
    [5, { type: 'refresh-started', trigger: 'requested' }],
    [10, sent(1)],
    [40, { type: 'closed' }],
  ).lanes()
  expect(refresh?.spans).toMatchObject([{ to: 40, end: 'going-on' }])
  expect(lane).toMatchObject({ outcome: undefined, spans: [{ to: 40, end: 'going-on' }] })
})

test('what settles and was never sent, such as getAccessToken(), has no lane', () => {
  expect(lanesOf([10, settled(1)]).lanes()).toHaveLength(1)
})

test.each([
  [{ type: 'refreshed', generation: 2, tries: 1, durationMs: 40 }, 'done', 2],
  [{ type: 'adopted', generation: 2, from: 'store' }, 'done', 2],
  [{ type: 'refresh-unavailable', reason: 'server' }, 'failed', undefined],
  [{ type: 'signed-out', reason: 'refused' }, 'refused', undefined],
  [{ type: 'signed-out', reason: 'signed-out' }, 'aborted', undefined],
] as const)('a refresh that ends with %o is drawn as %s', (event, end, generation) => {
  const [refresh] = lanesOf(
    [10, { type: 'refresh-started', trigger: 'requested' }],
    [50, event],
  ).lanes()
  expect(refresh?.spans).toEqual([{ kind: 'refreshing', from: 10, to: 50, end, generation }])
})

test('tokens that came without a refresh here are a moment in the lane of refreshes', () => {
  const [refresh] = lanesOf([50, { type: 'adopted', generation: 7, from: 'store' }]).lanes()
  expect(refresh?.spans).toEqual([
    { kind: 'refreshing', from: 50, to: 50, end: 'done', generation: 7 },
  ])
})

test('two hundred requests are remembered, those that still run the longest', () => {
  const record = createLanes()
  const add = (event: Detail, at: number): void =>
    record.add({ at: 0, sessionId: 'one', generation: 1, ...event } as SessionEvent, at)
  add(sent(1, '/hangs'), 0)
  for (let id = 2; id <= 1000; id += 1) {
    add(sent(id), id)
    add(settled(id), id)
  }
  const ids = record.lanes().map(({ id }) => id)
  expect(ids).toHaveLength(201)
  expect(ids.slice(0, 3)).toEqual(['refresh', '1', '802'])
  for (let id = 1001; id <= 1400; id += 1) add(sent(id), id)
  expect(record.lanes()).toHaveLength(201)
})

test('fifty refreshes are remembered', () => {
  const record = createLanes()
  for (let n = 0; n < 200; n += 1) {
    const base = { at: 0, sessionId: 'one', generation: n }
    record.add({ ...base, type: 'refresh-started', trigger: 'requested' }, n)
    record.add({ ...base, type: 'refreshed', tries: 1, durationMs: 0 }, n)
    record.add({ ...base, type: 'adopted', from: 'store' }, n)
  }
  expect(record.lanes()[0]?.spans.length).toBeLessThanOrEqual(50)
})
