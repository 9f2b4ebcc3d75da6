import { draw, make } from './make.js'
import { marks } from './plot.js'

/** Layers of the drawing, and how each is called. */
const entries = [
  ['sent', 'sent'],
  ['turned-away', 'turned away'],
  ['held', 'held'],
  ['replayed', 'replayed'],
  ['failed', 'failed'],
  ['aborted', 'aborted'],
  ['refreshing', 'refresh'],
] as const

/** Says what bars and marks of a waterfall mean. */
export function createLegend(): HTMLElement {
  const items = entries.map(([layer, meaning]) => {
    const mark = layer in marks ? marks[layer as keyof typeof marks] : ''
    const sample = draw(
      'svg',
      { viewBox: '0 0 22 1', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      draw('path', { class: layer, d: 'M0 .5H18' }),
      draw('path', {
        class: `mark-${layer}`,
        d: mark && `M${layer === 'replayed' ? 2 : 18} .5${mark}`,
      }),
    )
    return make('li', '', {}, sample, meaning)
  })
  const list = make('ul', 'legend', { 'aria-label': 'Legend' }, ...items)
  // Its samples are drawn as lanes are.
  return make('div', '', { class: 'unexpired-waterfall' }, list)
}
