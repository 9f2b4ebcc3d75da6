import type { Doing, Lane, Run, Stretch } from '../results.js'
import { piece } from './ink.js'
import type { Ink, Piece, Row } from './ink.js'

/** From milliseconds to columns. */
export interface Scale {
  readonly columns: number
  readonly endMs: number
}

export const glyphs = {
  dead: piece('░', 'dead'),
  turnedAway: piece('┤', 'bad'),
  held: piece('·', 'held'),
  refreshing: piece('▓', 'refresh'),
  good: piece('█', 'good'),
  answered: piece('✓', 'strong-good'),
  lost: piece('✗', 'strong-bad'),
}

const fills: Readonly<Record<Doing, Piece>> = {
  dead: glyphs.dead,
  held: glyphs.held,
  refreshing: glyphs.refreshing,
  good: glyphs.good,
}

const nothing = piece(' ')

/** The scale on which all of these runs fit. */
export const scaleOf = (runs: readonly Run[], columns: number): Scale => ({
  columns,
  endMs: Math.max(1, ...runs.flatMap(({ lanes }) => lanes.map(({ endedAt }) => endedAt))),
})

/** The last column is for the mark at the end. */
function columnOf(ms: number, { columns, endMs }: Scale): number {
  return Math.max(0, Math.min(columns - 1, Math.round((ms / endMs) * (columns - 1))))
}

function fill(cells: Piece[], { from, to }: Stretch, what: Piece, scale: Scale): void {
  cells.fill(what, columnOf(from, scale), columnOf(to, scale))
}

const emptyCells = ({ columns }: Scale): Piece[] => Array.from({ length: columns }, () => nothing)

/** One request. */
export function drawLane({ phases, endedAt, answered }: Lane, scale: Scale): Row {
  const cells = emptyCells(scale)
  for (const phase of phases) {
    fill(cells, phase, fills[phase.doing], scale)
    // A wall, where the server turned it away.
    if (phase.doing === 'dead') {
      const wall = Math.max(columnOf(phase.from, scale), columnOf(phase.to, scale) - 1)
      cells[wall] = glyphs.turnedAway
    }
  }
  cells[columnOf(endedAt, scale)] = answered ? glyphs.answered : glyphs.lost
  return cells
}

/** The refreshes, all in one lane, with their number in the middle. */
export function drawRefreshes({ refreshes }: Run, scale: Scale): Row {
  const cells = emptyCells(scale)
  for (const stretch of refreshes) fill(cells, stretch, glyphs.refreshing, scale)
  const end = turningPoint(refreshes)
  if (end) cells[columnOf(end.to, scale)] = end.granted ? glyphs.answered : glyphs.lost

  const { at, length } = longestRun(cells, glyphs.refreshing)
  const count = refreshes.length
  const words = count === 1 ? ['1 refresh', '1'] : [`${count} refreshes`, `${count}`]
  // With a cell of the bar left on either side.
  const text = words.map((word) => ` ${word} `).find((word) => word.length + 2 <= length)
  if (text) {
    const start = at + Math.floor((length - text.length) / 2)
    cells.splice(start, text.length, ...text.split('').map((char) => piece(char, 'refresh')))
  }
  return cells
}

function longestRun(cells: readonly Piece[], what: Piece): { at: number; length: number } {
  let longest = { at: 0, length: 0 }
  let length = 0
  cells.forEach((cell, index) => {
    length = cell === what ? length + 1 : 0
    if (length > longest.length) longest = { at: index + 1 - length, length }
  })
  return longest
}

type Refresh = Run['refreshes'][number]

/** The refresh that decided: the first that was refused, or else the first that was granted. */
export function turningPoint(refreshes: readonly Refresh[]): Refresh | undefined {
  const inTime = [...refreshes].sort((a, b) => a.to - b.to)
  return inTime.find(({ granted }) => !granted) ?? inTime[0]
}

/** Points at a moment and says what happened; the first text that has room, on whichever side. */
export function drawNote(ms: number, texts: readonly string[], ink: Ink, scale: Scale): Row {
  const column = columnOf(ms, scale)
  for (const text of texts) {
    const length = text.length + 2
    if (column + length <= scale.columns)
      return [piece(' '.repeat(column)), piece(`└ ${text}`, ink)]
    if (column + 1 >= length) {
      return [piece(' '.repeat(column + 1 - length)), piece(`${text} ┘`, ink)]
    }
  }
  return [piece(' '.repeat(column)), piece('^', ink)]
}

const steps = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]

/** At least this far apart. Columns. */
const labelRoom = 9

/** The axis: milliseconds since the load began. */
export function drawAxis(scale: Scale): Row {
  const { columns, endMs } = scale
  const step = steps.find((ms) => (ms / endMs) * (columns - 1) >= labelRoom) ?? endMs
  let text = ''
  for (let ms = 0; ms <= endMs; ms += step) {
    const label = ms === 0 ? '0 ms' : `${ms}`
    const column = columnOf(ms, scale)
    if (column + label.length <= columns) text = text.padEnd(column) + label
  }
  return [piece(text, 'faint')]
}
