import { isKept } from '../judge.js'
import type { Counts, Run, Side } from '../results.js'
import { beside, padded, piece, widthOf } from './ink.js'
import type { Ink, Row } from './ink.js'
import { drawAxis, drawLane, drawNote, drawRefreshes, turningPoint } from './timeline.js'
import type { Scale } from './timeline.js'

export const names: Readonly<Record<Side, string>> = {
  unexpired: 'unexpired',
  plain: 'plain interceptor',
}

/** How many of the callers got what they asked for. */
export const answeredOf = ({ lanes }: Run): number => lanes.filter((lane) => lane.answered).length

/** Whose panel it is, and how it went. */
export function drawHead(run: Run, width: number): Row {
  const ink = isKept(run) ? 'strong-good' : 'strong-bad'
  const left = `━━ ${names[run.side]} `
  const right = ` ${answeredOf(run)}/${run.lanes.length} served`
  return [piece(left + '━'.repeat(Math.max(0, width - left.length - right.length)) + right, ink)]
}

/** What the server made of the refreshes, at the moment when it was decided. */
function drawTurn({ refreshes, counts }: Run, scale: Scale): Row {
  const turn = turningPoint(refreshes)
  if (!turn) return []
  if (counts.familiesRevoked > 0) {
    const texts = [
      'refresh token used twice: session revoked',
      'used twice: session revoked',
      'session revoked',
      'revoked',
    ]
    return drawNote(turn.to, texts, 'bad', scale)
  }
  if (!turn.granted) return drawNote(turn.to, ['refused: session over', 'refused'], 'bad', scale)
  return drawNote(
    turn.to,
    ['new tokens, for all of them', 'new tokens for all', 'new tokens'],
    'good',
    scale,
  )
}

type Entry = readonly [number: number, label: string, short: string, ink?: Ink]

function entriesOf(counts: Counts, sent: number): readonly Entry[] {
  const { refreshes, turnedAway, served, reuseDetected, familiesRevoked, thrownOut } = counts
  const bad = (isBad: boolean): Ink => (isBad ? 'bad' : 'good')
  const word = (one: string, many: string, number: number): string => (number === 1 ? one : many)
  const refresh = word('refresh', 'refreshes', refreshes)
  const family = word('family revoked', 'families revoked', familiesRevoked)
  const time = word('time thrown out', 'times thrown out', thrownOut)
  return [
    [refreshes, refresh, refresh, bad(refreshes !== 1)],
    [turnedAway, 'turned away', 'turned away'],
    [served, 'served', 'served', bad(served !== sent)],
    [reuseDetected, 'reuse detected', 'reused', bad(reuseDetected > 0)],
    [familiesRevoked, family, 'revoked', bad(familiesRevoked > 0)],
    [thrownOut, time, 'thrown out', bad(thrownOut > 0)],
  ]
}

/** Room for the number before its label. Columns. */
const numberRoom = 4

/** The server's books, in as many columns as there is room for. */
function drawBooks({ counts, lanes }: Run, width: number): Row[] {
  const entries = entriesOf(counts, lanes.length)
  const grid = (columns: number, short: boolean): Row[] => {
    const height = Math.ceil(entries.length / columns)
    const cellOf = ([number, label, brief, ink]: Entry): Row => [
      piece(`${number}`.padStart(numberRoom - 1), ink),
      piece(` ${short ? brief : label}`),
    ]
    const stacks = Array.from({ length: columns }, (_, index) =>
      entries.slice(index * height, (index + 1) * height).map(cellOf),
    )
    return beside(
      stacks.map((rows) => ({ rows, width: Math.max(...rows.map(widthOf)) + columnGap })),
    )
  }
  const grids = [grid(3, false), grid(2, false), grid(2, true)]
  return grids.find((rows) => rows.every((row) => widthOf(row) <= width)) ?? grid(1, true)
}

const columnGap = 2

/** One side of a scene, without its head. Every row is a row of the other side too. */
export function drawPanel(run: Run, scale: Scale): Row[] {
  const { columns } = scale
  return [
    drawAxis(scale),
    drawRefreshes(run, scale),
    drawTurn(run, scale),
    ...run.lanes.map((lane) => drawLane(lane, scale)),
    [],
    ...drawBooks(run, columns).map((row) => padded(row, columns)),
  ]
}

/** What stands before the rows of a panel. */
export const drawLabels = ({ lanes }: Run): Row[] => [
  [],
  [piece('refresh', 'refresh')],
  [],
  ...lanes.map(({ path }) => [piece(path, 'faint')]),
]
