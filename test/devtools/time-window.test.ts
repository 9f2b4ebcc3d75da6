import { expect, test } from 'vitest'

import type { Lane, Span } from '../../src/devtools/lane.js'
import { viewOf } from '../../src/devtools/time-window.js'

const lane = (id: string, from: number, to?: number): Lane => {
  const end = to === undefined ? 'going-on' : 'done'
  const span: Span = { kind: 'sent', from, to, end, generation: 1 }
  return { id, what: 'request', label: id, spans: [span], outcome: undefined }
}
const refresh: Lane = {
  id: 'refresh',
  what: 'refresh',
  label: 'refresh',
  spans: [],
  outcome: undefined,
}
const shown = (lanes: readonly Lane[]): readonly string[] => lanes.map(({ id }) => id)

test('what belongs together last is looked at, from where it began', () => {
  const view = viewOf(
    [refresh, lane('old', 0, 100), lane('a', 5000, 5200), lane('b', 5100, 5300)],
    9e9,
  )
  expect(shown(view.lanes)).toEqual(['refresh', 'a', 'b'])
  expect(view).toMatchObject({ from: 5000, to: 5500, openSince: undefined })
})

test('the window stands still while it fills, then doubles, and slides in the end', () => {
  const windows = [100, 240, 400, 15_000, 20_000].map((now) => viewOf([lane('a', 0)], now))
  expect(windows.map(({ from, to }) => [from, to])).toEqual([
    [0, 250],
    [0, 250],
    [0, 500],
    [0, 16_000],
    [4000, 20_000],
  ])
  expect(windows[0]?.openSince).toBe(0)
})

test('a hundred lanes are drawn at most, and the refreshes', () => {
  const many = Array.from({ length: 250 }, (_, i) => lane(String(i), i, i + 10))
  const { lanes } = viewOf([refresh, ...many], 300)
  expect(lanes).toHaveLength(101)
  expect(lanes[0]?.id).toBe('refresh')
  expect(lanes.at(-1)?.id).toBe('249')
})

test('nothing at all is a window, too', () => {
  const { from, to } = viewOf([refresh], 1000)
  expect(to).toBeGreaterThan(from)
})
