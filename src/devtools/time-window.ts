import type { Lane } from './lane.js'

/** What is drawn of the timeline. */
export interface View {
  /** The refreshes first, then requests in the order in which they came. */
  readonly lanes: readonly Lane[]
  readonly from: number
  readonly to: number
  /** When what is going on began last; `undefined` when nothing is. */
  readonly openSince: number | undefined
}

/** A pause this long ends what is looked at together. */
const pauseMs = 1_500
/** In milliseconds: the window grows from the first to the last, doubling, and then slides. */
const shortest = 250
const longest = 16_000
/** More lanes are not drawn: nobody could read them. */
const mostLanes = 100

/** Looks at what belongs together last, from where it began. */
export function viewOf(all: readonly Lane[], now: number): View {
  const lanes = all.filter(({ what }, i) => what === 'refresh' || i >= all.length - mostLanes)
  const spans = lanes.flatMap((lane) => lane.spans).sort((a, b) => b.from - a.from)
  const open = spans.find(({ to }) => to === undefined)
  const end = open ? now : Math.max(0, ...spans.map(({ to = now }) => to))
  let begin = end
  for (const { from, to = now } of spans) {
    if (to > begin - pauseMs) begin = Math.min(begin, from)
  }
  let length = shortest
  while (length < end - begin && length < longest) length *= 2
  const from = Math.max(begin, end - length)
  return {
    lanes: lanes.filter(
      ({ what, spans: own }) => what === 'refresh' || own.some(({ to = now }) => to >= from),
    ),
    from,
    to: from + length,
    openSince: open?.from,
  }
}
