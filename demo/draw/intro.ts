import { flow, paragraph, piece } from './ink.js'
import type { Piece, Row } from './ink.js'
import { glyphs } from './timeline.js'

const legend: readonly (readonly [glyph: Piece, meaning: string])[] = [
  [glyphs.dead, 'sent, token dead'],
  [glyphs.turnedAway, 'turned away'],
  [glyphs.held, 'held'],
  [glyphs.refreshing, 'refreshing'],
  [glyphs.good, 'sent or replayed, token good'],
  [glyphs.answered, 'done'],
  [glyphs.lost, 'lost'],
]

const marks = new Set([glyphs.turnedAway, glyphs.answered, glyphs.lost])

const drawEntry = (glyph: Piece, meaning: string): Row => [
  piece(glyph.text.repeat(marks.has(glyph) ? 1 : 2), glyph.ink),
  piece(` ${meaning}`),
]

/** What this is, and how to read it. */
export function drawIntro(width: number): Row[] {
  return [
    ...paragraph(
      'One user, 20 requests at once, and the access token has just expired',
      width,
      'title',
    ),
    ...paragraph(
      'Real servers, real axios, real time. The servers take each refresh token once, as RFC 9700 ' +
        'asks: used twice, it counts as stolen, and the whole session is revoked. Each scene is ' +
        'played with a session of unexpired, and with the interceptor that everyone copies, where ' +
        'each request refreshes for itself.',
      width,
    ),
    [],
    ...flow(
      legend.map(([glyph, meaning]) => drawEntry(glyph, meaning)),
      width,
      3,
    ),
    [],
  ]
}
