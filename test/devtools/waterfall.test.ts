import { expect, test } from 'vitest'

import type { Lane, Span } from '../../src/devtools/lane.js'
import { createLegend } from '../../src/devtools/legend.js'
import { createWaterfall, waterfallStyles } from '../../src/devtools/waterfall.js'
import { openPage } from './page.js'

const span = (
  kind: Span['kind'],
  from: number,
  to: number | undefined,
  end: Span['end'],
): Span => ({
  kind,
  from,
  to,
  end,
  generation: 1,
})
const lane = (id: string, ...spans: readonly Span[]): Lane => ({
  id,
  what: id === 'refresh' ? 'refresh' : 'request',
  label: id,
  spans,
  outcome: undefined,
})

/** What is drawn of these lanes, from 0 to 1000 and a thousand pixels wide; each look is one path. */
function drawn(lanes: readonly Lane[], from = 0, to = 1000) {
  openPage()
  const { element, draw } = createWaterfall()
  draw(lanes, from, to)
  const pathsOf = (part: Element | undefined): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...(part?.querySelectorAll('path') ?? [])]
        .map((path) => [path.getAttribute('class') ?? '', path.getAttribute('d') ?? ''] as const)
        .filter(([look, d]) => d && look !== 'grid'),
    )
  const [head, body] = element.querySelectorAll('.lanes')
  return { element, draw, refreshes: () => pathsOf(head), requests: () => pathsOf(body) }
}

test('each stretch is a bar in its lane, and its end a mark', () => {
  const { requests } = drawn([
    lane('a', span('sent', 100, 200, 'turned-away'), span('held', 200, 300, 'done'), {
      ...span('sent', 300, 400, 'done'),
      attempt: 2,
    }),
    lane('b', span('sent', 100, 150, 'failed')),
    lane('c', span('sent', 100, 150, 'aborted')),
    lane('d', span('sent', 100, 150, 'done')),
  ])
  expect(requests()).toEqual({
    'turned-away': 'M100 0.5H200',
    'mark-turned-away': expect.stringMatching(/^M200 0.5m/),
    held: 'M200 0.5H300',
    replayed: 'M300 0.5H400',
    'mark-replayed': expect.stringMatching(/^M300 0.5m/),
    failed: 'M100 1.5H150',
    'mark-failed': expect.stringMatching(/^M150 1.5m/),
    aborted: 'M100 2.5H150',
    'mark-aborted': expect.stringMatching(/^M150 2.5m/),
    sent: 'M100 3.5H150',
  })
})

test('a refresh is a bar on top, and a band across all requests', () => {
  const refresh = lane(
    'refresh',
    span('refreshing', 100, 200, 'done'),
    span('refreshing', 300, 400, 'failed'),
    span('refreshing', 500, 600, 'refused'),
  )
  const { refreshes, requests } = drawn([
    refresh,
    lane('a', span('sent', 0, 700, 'done')),
    lane('b', span('sent', 0, 700, 'done')),
  ])
  expect(refreshes()).toMatchObject({
    refreshing: 'M100 0.5H200',
    'turned-away': 'M300 0.5H400',
    failed: 'M500 0.5H600',
  })
  expect(requests()).toEqual({
    band: 'M100 0H200V2H100M300 0H400V2H300M500 0H600V2H500',
    sent: 'M0 0.5H700M0 1.5H700',
  })
})

test('what is short is seen, what is out of sight is not drawn, and nothing is outside', () => {
  const { requests } = drawn([
    lane('short', span('sent', 500, 500.1, 'done')),
    lane('before', span('sent', -500, -1, 'done')),
    lane('after', span('sent', 1001, 1100, 'done')),
    lane('over both ends', span('sent', -500, 1500, 'failed')),
  ])
  expect(requests()).toEqual({
    sent: 'M500 0.5H502',
    failed: 'M0 3.5H1000',
    'mark-failed': expect.stringMatching(/^M995 3.5m/),
  })
})

test('what goes on is drawn until now', () => {
  const now = performance.now()
  const { requests } = drawn(
    [lane('a', span('sent', now - 5000, undefined, 'going-on'))],
    now - 5000,
    now + 5000,
  )
  const [, right] = /H([\d.]+)/.exec(requests()['sent'] ?? '') ?? []
  expect(Number(right)).toBeGreaterThanOrEqual(500)
  expect(Number(right)).toBeLessThan(700)
})

test('lanes that are drawn again keep their elements, in the order that is given', () => {
  const { element, draw } = drawn([lane('a'), lane('b'), lane('c')])
  const names = () =>
    [...element.querySelectorAll('.request .label')].map((each) => each.textContent)
  const [, b] = element.querySelectorAll('li')
  draw([lane('b'), lane('c'), lane('d')], 0, 1000)
  expect(names()).toEqual(['b', 'c', 'd'])
  expect(element.querySelector('li')).toBe(b)
  draw([lane('d'), lane('b')], 0, 1000)
  expect(names()).toEqual(['d', 'b'])
})

test('the ruler has round steps, whatever the window', () => {
  const { element, draw } = drawn([])
  const labels = () => [...element.querySelectorAll('.axis span')].map((each) => each.textContent)
  expect(labels().slice(0, 3)).toEqual(['0 ms', '100 ms', '200 ms'])
  draw([], 0, 16_000)
  expect(labels().slice(0, 3)).toEqual(['0 ms', '1 s', '2 s'])
  draw([], 5, 5)
  expect(labels()[0]).toBe('0 ms')
})

test('the legend tells every look that is drawn, and the styles have it', () => {
  openPage()
  const legend = createLegend()
  expect([...legend.querySelectorAll('li')].map((each) => each.textContent)).toEqual([
    'sent',
    'turned away',
    'held',
    'replayed',
    'failed',
    'aborted',
    'refresh',
  ])
  for (const path of legend.querySelectorAll('path')) {
    const look = path.getAttribute('class') ?? ''
    if (path.getAttribute('d')) expect(waterfallStyles).toContain(`.${look}`)
  }
})
