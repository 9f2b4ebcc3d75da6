import type { TimeWindow } from './axis.js'
import type { Lane, Span } from './lane.js'
import { draw, set } from './make.js'

/** The narrowest bar, in pixels. */
const leastWidth = 2
/** Marks stay so far inside, in pixels. */
const margin = 5

/** Marks, drawn around the end of a bar: pixels across, lanes down. */
export const marks = {
  replayed: 'm0-.34l6 .34l-6 .34Z',
  'turned-away': 'm-4 0l4-.36l4 .36l-4 .36Z',
  failed: 'm-3-.24l6 .48m0-.48l-6 .48',
  aborted: 'm0-.36v.72',
} as const
type Mark = keyof typeof marks

/** Whatever looks alike is one path, so a frame costs a dozen strings, however much is drawn. */
const layers = [
  'grid',
  'band',
  'held',
  'sent',
  'refreshing',
  ...(Object.keys(marks) as Mark[]),
  ...(Object.keys(marks) as Mark[]).map((mark) => `mark-${mark}` as const),
] as const
type Layer = (typeof layers)[number]

/** Pixels across, lanes down: so nobody here needs to know how high a lane is. */
export function createPlot() {
  const paths = layers.map((layer) => draw('path', { class: layer }))
  const element = draw('svg', { preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...paths)
  return {
    element,
    /** `refreshes` are drawn across all lanes. */
    draw(
      lanes: readonly Lane[],
      refreshes: readonly Lane[],
      window: TimeWindow,
      ticks: readonly number[],
    ): void {
      const drawn: Partial<Record<Layer, string>> = {}
      const put = (layer: Layer, d: string): void => {
        drawn[layer] = (drawn[layer] ?? '') + d
      }
      const rows = lanes.length || 1
      for (const x of ticks) put('grid', `M${round(x)} 0V${rows}`)
      for (const { spans } of refreshes) {
        for (const span of spans) {
          const [left, right] = place(span, window)
          if (left < right) put('band', `M${left} 0H${right}V${rows}H${left}`)
        }
      }
      lanes.forEach(({ spans }, row) => {
        for (const span of spans) drawSpan(span, row + 0.5, window, put)
      })
      set(element, 'viewBox', `0 0 ${window.width} ${rows}`)
      element.style.setProperty('--rows', String(rows))
      paths.forEach((path, i) => set(path, 'd', drawn[layers[i] ?? 'grid'] ?? ''))
    },
  }
}

/** Its left and right end, in pixels; nothing is in between where it is out of sight. */
function place(
  { from: begin, to: end }: Span,
  { from, to, now, width }: TimeWindow,
): readonly [left: number, right: number] {
  const at = (time: number): number => ((time - from) / (to - from)) * width
  const left = at(begin)
  const right = at(end ?? now)
  if (right < 0 || left > width) return [0, 0]
  return [round(Math.max(0, left)), round(Math.min(width, Math.max(right, left + leastWidth)))]
}

function drawSpan(
  span: Span,
  y: number,
  window: TimeWindow,
  put: (layer: Layer, d: string) => void,
): void {
  const { kind, end, attempt } = span
  const [left, right] = place(span, window)
  if (left >= right) return
  const isRefresh = kind === 'refreshing'
  const isReplay = attempt === 2
  const mark = (end === 'refused' ? 'failed' : end) as Mark
  let bar: Layer = isRefresh ? kind : isReplay ? 'replayed' : 'sent'
  // What is done, or goes on, has no mark. A refresh that is unavailable is less than one that is refused.
  if (mark in marks) bar = isRefresh && end === 'failed' ? 'turned-away' : mark
  put(kind === 'held' ? kind : bar, `M${left} ${y}H${right}`)
  const inside = (x: number): string =>
    `M${Math.max(margin, Math.min(x, window.width - margin))} ${y}`
  if (isReplay) put('mark-replayed', inside(left) + marks.replayed)
  if (mark in marks) put(`mark-${mark}`, inside(right) + marks[mark])
}

const round = (x: number): number => Math.round(x * 10) / 10
