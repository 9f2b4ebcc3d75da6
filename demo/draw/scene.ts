import type { Played, Run } from '../results.js'
import { beside, paragraph } from './ink.js'
import type { Row } from './ink.js'
import { drawHead, drawLabels, drawPanel } from './panel.js'
import { scaleOf } from './timeline.js'

/** Columns. */
const layout = { labels: 8, gap: 3, sideBySideFrom: 72 }

/** A scene: what is about to happen, and what happened on each side. */
export function drawScene({ scene, ours, plain }: Played, number: number, width: number): Row[] {
  const { labels, gap, sideBySideFrom } = layout
  const isSideBySide = width >= sideBySideFrom
  const room = width - labels
  const columns = isSideBySide ? Math.floor((room - gap) / 2) : room
  const scale = scaleOf([ours, plain], columns)
  const names = { rows: drawLabels(ours), width: labels }
  const space = { rows: [], width: gap }
  const panel = (run: Run) => ({ rows: drawPanel(run, scale), width: columns })
  const head = (run: Run) => ({ rows: [drawHead(run, columns)], width: columns })
  const below = (run: Run): Row[] => [drawHead(run, width), ...beside([names, panel(run)])]
  const nobody = { rows: [], width: labels }
  return [
    ...paragraph(`${number}. ${scene.title}`, width, 'title'),
    ...paragraph(scene.story, width, 'faint'),
    [],
    ...(isSideBySide
      ? [
          ...beside([nobody, head(ours), space, head(plain)]),
          ...beside([names, panel(ours), space, panel(plain)]),
        ]
      : [...below(ours), [], ...below(plain)]),
    [],
    [],
  ]
}
