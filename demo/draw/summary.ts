import { isKept } from '../judge.js'
import type { Played, Run, Side } from '../results.js'
import { beside, padded, paragraph, piece, widthOf } from './ink.js'
import type { Piece, Row } from './ink.js'
import { answeredOf, names } from './panel.js'

const heads = ['refreshes', 'served', 'session']

/** Columns. */
const gaps = { cells: 2, groups: 3 }

/** The three cells of one run, or their heads, each at the right of its column. */
function line(cells: readonly Piece[]): Row {
  return cells.flatMap((cell, index) => {
    const room = (heads[index]?.length ?? 0) + (index > 0 ? gaps.cells : 0)
    return [piece(' '.repeat(Math.max(0, room - cell.text.length))), cell]
  })
}

const headLine = line(heads.map((head) => piece(head, 'faint')))

const groupWidth = widthOf(headLine)

function lineOf(run: Run): Row {
  const { refreshes } = run.counts
  const [answered, sent] = [answeredOf(run), run.lanes.length]
  return line([
    piece(`${refreshes}`, refreshes === 1 ? 'good' : 'bad'),
    piece(`${answered}/${sent}`, answered === sent ? 'good' : 'bad'),
    isKept(run) ? piece('kept', 'strong-good') : piece('LOST', 'strong-bad'),
  ])
}

type Title = 'shortTitle' | 'briefTitle'

const titleRoom = (played: readonly Played[], title: Title): number =>
  Math.max(...played.map(({ scene }) => scene[title].length)) + gaps.groups

/** One row for each scene. */
function drawWide(played: readonly Played[], title: Title): Row[] {
  const group = groupWidth + gaps.groups
  const head = (side: Side): Row[] => [[piece(names[side], 'title')], headLine]
  return beside([
    {
      rows: [[], [], ...played.map(({ scene }) => [piece(scene[title])])],
      width: titleRoom(played, title),
    },
    { rows: [...head('unexpired'), ...played.map(({ ours }) => lineOf(ours))], width: group },
    { rows: [...head('plain'), ...played.map(({ plain }) => lineOf(plain))], width: group },
  ])
}

/** Two rows for each scene, below its title. */
function drawNarrow(played: readonly Played[], width: number): Row[] {
  const nameRoom = Math.min(names.plain.length + gaps.groups, width - groupWidth)
  const side = (name: string, run: Run): Row => [
    ...padded([piece(name.slice(0, nameRoom - 1))], nameRoom),
    ...lineOf(run),
  ]
  return [
    [...padded([], nameRoom), ...headLine],
    ...played.flatMap(({ scene, ours, plain }) => [
      [piece(scene.shortTitle, 'title')],
      side(' unexpired', ours),
      side(' plain', plain),
    ]),
  ]
}

export function drawSummary(
  played: readonly Played[],
  wrong: readonly string[],
  width: number,
): Row[] {
  const fits = (title: Title): boolean =>
    titleRoom(played, title) + 2 * groupWidth + gaps.groups <= width
  const title = (['shortTitle', 'briefTitle'] as const).find(fits)
  return [
    ...paragraph('In short', width, 'title'),
    ...(title ? drawWide(played, title) : drawNarrow(played, width)),
    [],
    ...(wrong.length === 0
      ? paragraph(verdict(played), width, 'strong-good')
      : wrong.flatMap((sentence) => paragraph(`Wrong: ${sentence}`, width, 'strong-bad'))),
  ]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

/** One sentence, of what was counted. */
function verdict(played: readonly Played[]): string {
  const sumUp = (side: 'ours' | 'plain') => {
    const runs = played.map((one) => one[side])
    return {
      sent: sum(runs.map(({ lanes }) => lanes.length)),
      refreshes: sum(runs.map(({ counts }) => counts.refreshes)),
      served: sum(runs.map(answeredOf)),
      lost: runs.filter((run) => !isKept(run)).length,
    }
  }
  const [ours, plain] = [sumUp('ours'), sumUp('plain')]
  const scenes = played.length
  return (
    `${scenes} scenes, ${ours.sent} requests: unexpired refreshed ${ours.refreshes} times, once in each ` +
    `scene, and served ${ours.served}; the plain interceptor refreshed ${plain.refreshes} times, ` +
    `served ${plain.served}, and lost the session in ${plain.lost} of ${scenes}.`
  )
}
