import { stripVTControlCharacters } from 'node:util'

import { describe, expect, test } from 'vitest'

import { print } from '../../demo/draw/ink.js'
import type { Row } from '../../demo/draw/ink.js'
import { drawIntro } from '../../demo/draw/intro.js'
import { drawScene } from '../../demo/draw/scene.js'
import { drawSummary } from '../../demo/draw/summary.js'
import { complaints } from '../../demo/judge.js'
import { paths } from '../../demo/load.js'
import type { Played } from '../../demo/results.js'
import { allPlayed, onePlayed, ours, plain } from './played.js'

const widths = [38, 40, 58, 60, 78, 80, 118, 120, 158, 200]

const screen = (width: number, played: readonly Played[] = allPlayed): Row[] => [
  ...drawIntro(width),
  ...played.flatMap((one, index) => drawScene(one, index + 1, width)),
  ...drawSummary(played, complaints(played), width),
]

const plainText = (rows: readonly Row[]): string[] => print(rows, false)

const lineWith = (lines: readonly string[], ...parts: string[]): string | undefined =>
  lines.find((line) => parts.every((part) => line.includes(part)))

describe.each(widths)('at %i columns', (width) => {
  test('no line is longer than the terminal', () => {
    const lengths = print(screen(width), true).map((line) => stripVTControlCharacters(line).length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(width)
  })

  test('no line is longer than the terminal when everything went wrong', () => {
    const huge = { refreshes: 10_000, served: 0, reuseDetected: 9_999, thrownOut: 12_345 }
    const slow = { path: '/never', phases: [], endedAt: 3_600_000, answered: false }
    const late = {
      ...plain(huge),
      lanes: [slow],
      refreshes: [{ from: 1, to: 9e9, granted: false }],
    }
    const wrong = allPlayed.map(({ scene }) => ({ scene, ours: ours(huge), plain: late }))
    const lengths = plainText(screen(width, wrong)).map(({ length }) => length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(width)
  })

  test('colour changes nothing but colour', () => {
    const rows = screen(width)
    expect(print(rows, true).map(stripVTControlCharacters)).toEqual(print(rows, false))
  })

  test('every character is one column wide', () => {
    // ASCII, box drawing, blocks, and the dot, tick and cross of the legend.
    const simple = /^[\x20-\x7e\u2500-\u259f·✓✗]*$/
    expect(plainText(screen(width)).filter((line) => !simple.test(line))).toEqual([])
  })

  test('each request has a line with its bars on both sides', () => {
    const lines = plainText(drawScene(onePlayed, 1, width))
    for (const path of paths) {
      const bars = lines.filter((line) => line.startsWith(path.padEnd(8))).join('')
      expect(bars).toMatch(/░┤·+█+✓.*░┤▓+✗/)
    }
  })

  test('the summary has the counts of both sides of every scene', () => {
    const text = plainText(drawSummary(allPlayed, [], width)).join('\n')
    expect(text.match(/\b1\s+20\/20\s+kept/g)).toHaveLength(4)
    expect(text.match(/\b20\s+0\/20\s+LOST/g)).toHaveLength(4)
  })
})

test('a print without colour has no escape codes', () => {
  expect(print(screen(120), false).join('\n')).not.toContain('\x1b')
  expect(print(screen(120), true).join('\n')).toContain('\x1b[1;32m')
})

test.each([80, 120, 200])('the sides stand beside each other at %i columns', (width) => {
  const lines = plainText(drawScene(onePlayed, 1, width - 2))
  expect(lineWith(lines, 'unexpired', 'plain interceptor')).toBeDefined()
  expect(lineWith(lines, '20/20 served', '0/20 served')).toBeDefined()
})

test.each([40, 60])('the plain side stands below ours at %i columns', (width) => {
  const lines = plainText(drawScene(onePlayed, 1, width - 2))
  expect(lineWith(lines, 'unexpired', 'plain interceptor')).toBeUndefined()
  const heads = lines.filter((line) => line.includes('━━'))
  expect(heads.map((line) => line.replaceAll('━', '').trim().replace(/ +/g, ' '))).toEqual([
    'unexpired 20/20 served',
    'plain interceptor 0/20 served',
  ])
})

test('both sides are drawn on one scale', () => {
  const lines = plainText(drawScene(onePlayed, 1, 118))
  const axis = lineWith(lines, '0 ms') ?? ''
  const [left, right] = axis.split('0 ms').slice(1)
  expect(left?.trim()).toBe(right?.trim())
})

test('our lane has one refresh that brings new tokens, the plain one the moment of revocation', () => {
  const lines = plainText(drawScene(onePlayed, 1, 158))
  const refreshes = lineWith(lines, 'refresh ') ?? ''
  expect(refreshes).toMatch(/▓ 1 refresh ▓+✓.*▓ 20 refreshes ▓+✗▓/)
  const notes = lineWith(lines, '└') ?? ''
  expect(notes).toContain('└ new tokens, for all of them')
  expect(notes).toContain('└ refresh token used twice: session revoked')
  // Each note stands below its mark.
  expect(notes.indexOf('└')).toBe(refreshes.indexOf('✓'))
  expect(notes.lastIndexOf('└')).toBe(refreshes.indexOf('✗'))
})

test('nothing is said of a revocation that did not happen', () => {
  const refused = {
    ...plain({ familiesRevoked: 0 }),
    refreshes: [{ from: 0, to: 90, granted: false }],
  }
  const text = plainText(drawScene({ ...onePlayed, plain: refused }, 1, 118)).join('\n')
  expect(text).not.toContain('session revoked')
  expect(text).toContain('refused: session over')
})

test('a load without any refresh is drawn too', () => {
  const none = { ...ours({ refreshes: 0 }), refreshes: [] }
  const lines = plainText(drawScene({ ...onePlayed, ours: none }, 1, 118))
  expect(lineWith(lines, '0 refreshes')).toBeDefined()
})

test('the legend explains every glyph that the waterfall has', () => {
  const legend = plainText(drawIntro(200)).at(-2) ?? ''
  const drawn = plainText(drawScene(onePlayed, 1, 118))
    .filter((line) => line.startsWith('/'))
    .join('')
  const glyphs = new Set(drawn.replace(/[/a-z ]/g, ''))
  expect([...glyphs].filter((glyph) => !legend.includes(glyph))).toEqual([])
  for (const word of ['sent', 'turned away', 'held', 'replayed', 'done', 'lost']) {
    expect(legend).toContain(word)
  }
})

test('the verdict is one sentence of what was counted', () => {
  const text = plainText(drawSummary(allPlayed, [], 400)).at(-1)
  expect(text).toBe(
    '4 scenes, 80 requests: unexpired refreshed 4 times, once in each scene, and served 80; ' +
      'the plain interceptor refreshed 80 times, served 0, and lost the session in 4 of 4.',
  )
})

test('a failure is told instead of the verdict', () => {
  const text = plainText(drawSummary(allPlayed, ['Bearer: served 19, not 20.'], 118)).join('\n')
  expect(text).toContain('Wrong: Bearer: served 19, not 20.')
  expect(text).not.toContain('4 scenes')
})
