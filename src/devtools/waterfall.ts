import { createAxis } from './axis.js'
import type { Lane } from './lane.js'
import { make } from './make.js'
import { createPlot } from './plot.js'
import { createRows } from './rows.js'

export { waterfallStyles } from './waterfall-styles.js'

/** A drawing of lanes. */
export interface Waterfall {
  readonly element: HTMLElement
  /** Times are those of `performance.now()`; what is going on is drawn until now, or `to`. */
  draw(lanes: readonly Lane[], from: number, to: number): void
}

/** Where nothing is laid out yet, and so nothing has a width. */
const assumedWidth = 1000

/**
 * Makes a drawing of lanes: those of refreshes stay in sight on top. It needs `waterfallStyles` in the
 * document or shadow root around it; `--waterfall-lane` is the height of a lane, `--waterfall-labels`
 * the width of their names.
 */
export function createWaterfall(): Waterfall {
  const axis = createAxis()
  const refreshes = createLanes('Refreshes')
  const requests = createLanes('Requests')
  return {
    element: make(
      'div',
      'waterfall',
      { class: 'unexpired-waterfall' },
      make('div', 'head', {}, axis.element, refreshes.element),
      requests.element,
    ),
    draw(lanes, from, until) {
      const width = axis.element.clientWidth || assumedWidth
      const now = Math.min(until, performance.now())
      const window = { from, to: Math.max(until, from + 1), now, width }
      const ticks = axis.draw(window)
      const bands = lanes.filter(({ what }) => what === 'refresh')
      refreshes.draw(bands, bands, window, ticks)
      requests.draw(
        lanes.filter((lane) => !bands.includes(lane)),
        bands,
        window,
        ticks,
      )
    },
  }
}

function createLanes(label: string) {
  const plot = createPlot()
  const rows = createRows(label)
  return {
    element: make('div', 'lanes', {}, plot.element, rows.element),
    draw(...[lanes, bands, window, ticks]: Parameters<typeof plot.draw>): void {
      plot.draw(lanes, bands, window, ticks)
      rows.draw(lanes)
    },
  }
}
