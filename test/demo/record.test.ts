import { performance } from 'node:perf_hooks'

import { expect, test } from 'vitest'
import type { TokenServerRequest } from 'unexpired/testing'

import { laneOf, refreshesOf } from '../../demo/record.js'

const entry = (more: Partial<TokenServerRequest>): TokenServerRequest => ({
  at: 0,
  tookMs: 10,
  method: 'GET',
  path: '/api/me',
  kind: 'api',
  user: 'ann',
  family: 'f1',
  generation: 1,
  credentials: ['authorization'],
  status: 200,
  outcome: 'served',
  ...more,
})

const call = { path: '/me', endedAt: 1_300, answered: true }

test('a request that was turned away was sent, held and replayed', () => {
  const sendings = [
    { url: '/cart', sentAt: 1_001, endedAt: 1_040 },
    { url: 'http://127.0.0.1/api/me', sentAt: 1_001, endedAt: 1_050 },
    { url: '/me', sentAt: 1_200, endedAt: 1_298 },
  ]
  const log = [entry({ path: '/api/cart' }), entry({ outcome: 'turned-away' }), entry({})]
  expect(laneOf(call, sendings, log, 'held', 1_000)).toEqual({
    path: '/me',
    phases: [
      { doing: 'dead', from: 0, to: 50 },
      { doing: 'held', from: 50, to: 200 },
      { doing: 'good', from: 200, to: 298 },
      { doing: 'good', from: 298, to: 300 },
    ],
    endedAt: 300,
    answered: true,
  })
})

test('a request that waited first was held, not sent', () => {
  const sendings = [{ url: '/me', sentAt: 1_200, endedAt: 1_300 }]
  const { phases } = laneOf(call, sendings, [entry({})], 'held', 1_000)
  expect(phases.slice(0, 2)).toEqual([
    { doing: 'held', from: 0, to: 200 },
    { doing: 'good', from: 200, to: 300 },
  ])
})

test('a late 401 is replayed at once, and the moment that axios needs is no hold', () => {
  const sendings = [
    { url: '/me', sentAt: 1_008, endedAt: 1_150 },
    { url: '/me', sentAt: 1_152, endedAt: 1_300 },
  ]
  const log = [entry({ outcome: 'turned-away' }), entry({})]
  const { phases } = laneOf(call, sendings, log, 'held', 1_000)
  expect(phases.slice(0, 2)).toEqual([
    { doing: 'dead', from: 0, to: 150 },
    { doing: 'good', from: 150, to: 300 },
  ])
})

test('a request that was never sent did nothing else', () => {
  const { phases } = laneOf({ ...call, answered: false }, [], [], 'refreshing', 1_000)
  expect(phases).toEqual([{ doing: 'refreshing', from: 0, to: 300 }])
})

test('refreshes are taken from the log, and counted from the start of the load', () => {
  const at = performance.timeOrigin + 1_000
  const log = [
    entry({}),
    entry({ kind: 'refresh', at: at + 5, tookMs: 100, outcome: 'granted' }),
    entry({ kind: 'refresh', at: at + 6, tookMs: 101, outcome: 'refused' }),
  ]
  const rounded = refreshesOf(log, 1_000).map(({ from, to, granted }) => [
    Math.round(from),
    Math.round(to),
    granted,
  ])
  expect(rounded).toEqual([
    [5, 105, true],
    [6, 107, false],
  ])
})
