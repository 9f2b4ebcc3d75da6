import type { Lane } from './lane.js'
import { createLegend } from './legend.js'
import { make, put } from './make.js'
import { viewOf } from './time-window.js'
import { createWaterfall } from './waterfall.js'
import { requests } from './words.js'

/** So many pixels from its end, the list stays there. */
const nearEnd = 24
/** A timeline is about so wide: what moves it by less than one is not drawn. */
const pixels = 400
/** What has gone on for longer is looked at now and then only. */
const livelyMs = 20_000

/** The live timeline. */
export function createTimelineView() {
  const waterfall = createWaterfall()
  const count = make('span', 'hint')
  const label = { tabindex: '0', role: 'group', 'aria-label': 'Lanes' }
  const scroller = make('div', 'scroller', label, waterfall.element)
  let drawnRows = 0
  return {
    element: make(
      'section',
      'timeline',
      { 'aria-label': 'Timeline' },
      make('div', 'row', {}, make('h2', '', {}, 'Timeline'), count),
      scroller,
      createLegend(),
    ),
    /** Returns after how many milliseconds it shows something new, and for how many it does not. */
    draw(all: readonly Lane[], now: number): readonly [nextMs: number, restMs: number] {
      const { lanes, from, to, openSince } = viewOf(all, now)
      const isAtEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - nearEnd
      waterfall.draw(lanes, from, to)
      put(count, requests(all.length - 1))
      if (lanes.length !== drawnRows && isAtEnd) scroller.scrollTop = scroller.scrollHeight
      drawnRows = lanes.length
      const isLively = now - (openSince ?? 0) < livelyMs
      const nextMs = isLively ? (to - from) / pixels : 1000
      // The more there is to draw, the less often it is drawn: a hundred lanes, ten times a second.
      return [openSince === undefined ? Infinity : nextMs, lanes.length]
    },
  }
}
