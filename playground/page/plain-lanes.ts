import type { Lane, Span, SpanEnd } from '../../src/devtools/lane.js'
import { pathOf } from '../shared/paths.js'
import type { Answer } from './actor.js'

/** One sending of a request, as the network saw it. */
export interface Sending {
  readonly from: number
  to: number | undefined
  end: SpanEnd
}

interface Track {
  readonly label: string
  readonly sendings: Sending[]
  answer: Answer
  settledAt: number | undefined
}

/** Makes lanes of what the copied interceptor sends: it says nothing itself. */
export function createPlainLanes() {
  let tracks = new Map<string, Track>()
  let refreshes: Sending[] = []
  let zero = 0
  return {
    begin(count: number): void {
      zero = performance.now()
      refreshes = []
      tracks = new Map(
        Array.from({ length: count }, (_, index) => [
          pathOf(index),
          { label: pathOf(index), sendings: [], answer: 'waiting', settledAt: undefined },
        ]),
      )
    },
    /** A request goes out, or a `refresh`; the function that it returns says how it ended. */
    sent(what: string): (end: SpanEnd) => void {
      const sending: Sending = { from: performance.now(), to: undefined, end: 'going-on' }
      if (what === 'refresh') refreshes.push(sending)
      else tracks.get(what)?.sendings.push(sending)
      return (end) => {
        sending.to = performance.now()
        sending.end = end
      }
    },
    settled(index: number, answer: Answer): void {
      const track = tracks.get(pathOf(index))
      if (!track) return
      track.answer = answer
      track.settledAt = performance.now()
    },
    /** Whether the server may yet grant a refresh of which nobody will know. */
    isRefreshing: (): boolean => refreshes.some(({ to }) => to === undefined),
    lanes: (): readonly Lane[] =>
      [...tracks.values()].map((track) => laneOf(track, refreshes, zero)),
  }
}

/** What a request does between its sendings, and before the first, is a refresh of its own. */
function laneOf(
  { label, sendings, answer, settledAt }: Track,
  refreshes: readonly Sending[],
  zero: number,
): Lane {
  const spans: Span[] = []
  let at: number | undefined = zero
  const until = (next: number | undefined, end: SpanEnd): void => {
    const first = refreshes.find(({ from, to }) => isWithin(from, to, at, next))
    if (first) spans.push(refresh(Math.max(at ?? zero, zero), next, end))
  }
  sendings.forEach((sending, index) => {
    until(sending.from, 'done')
    const isLast = index === sendings.length - 1
    const isLost = isLast && answer === 'failed' && sending.end === 'turned-away' && index > 0
    spans.push({
      kind: 'sent',
      from: sending.from,
      to: sending.to,
      end: isLost ? 'failed' : sending.end,
      generation: undefined,
      attempt: index === 0 ? 1 : 2,
    })
    at = sending.to
  })
  until(settledAt, settledAt === undefined ? 'going-on' : 'refused')
  const outcome = answer === 'waiting' ? undefined : answer
  return { id: label, what: 'request', label, spans, outcome }
}

/** Whether a refresh began and ended in a gap between two sendings, as far as either has ended. */
const isWithin = (
  from: number,
  to: number | undefined,
  gapFrom: number | undefined,
  gapTo: number | undefined,
): boolean =>
  gapFrom !== undefined &&
  from >= gapFrom &&
  from < (gapTo ?? Infinity) &&
  (gapTo === undefined || (to ?? Infinity) <= gapTo)

const refresh = (from: number, to: number | undefined, end: SpanEnd): Span => ({
  kind: 'refreshing',
  from,
  to,
  end,
  generation: undefined,
})
