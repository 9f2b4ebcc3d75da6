import type { SessionEvent } from '../index.js'
import type { Lane, Span, SpanEnd } from './lane.js'

/** How many requests, and how many refreshes, are remembered. */
const mostRequests = 200
const mostRefreshes = 50

type Changing<T> = { -readonly [K in keyof T]: T[K] }
interface Track extends Changing<Lane> {
  spans: Changing<Span>[]
}

const ends = { sent: 'done', answered: 'done', failed: 'failed', aborted: 'aborted' } as const
const refreshEnds: Partial<Record<SessionEvent['type'], SpanEnd>> = {
  'refresh-started': 'aborted',
  refreshed: 'done',
  adopted: 'done',
  'refresh-unavailable': 'failed',
  'signed-out': 'aborted',
}

/** Makes lanes of events, given one after the other with the time at which each happened. */
export function createLanes() {
  const refresh: Track = track('refresh', 'refresh', 'refresh')
  const requests = new Map<number, Track>()
  let closedAt: number | undefined

  function request(id: number): Track {
    const known = requests.get(id)
    if (known) return known
    if (requests.size >= mostRequests) forget()
    const made = track(String(id), 'request', `#${id}`)
    requests.set(id, made)
    return made
  }

  /** The oldest one that has settled; the oldest of all when none has. */
  function forget(): void {
    let first: number | undefined
    for (const [id, { outcome }] of requests) {
      first ??= id
      if (!outcome) continue
      first = id
      break
    }
    if (first !== undefined) requests.delete(first)
  }

  function addRefresh(event: SessionEvent, at: number): void {
    const isRefused = event.type === 'signed-out' && event.reason === 'refused'
    const end = isRefused ? 'refused' : refreshEnds[event.type]
    if (!end) return
    const { generation } = event
    if (!finish(refresh, at, end) && end === 'done') {
      // It began before anybody listened.
      const from = event.type === 'refreshed' ? at - event.durationMs : at
      refresh.spans.push(open('refreshing', from, at))
    }
    const last = refresh.spans.at(-1)
    if (end === 'done' && last) Object.assign(last, { end, generation })
    if (event.type === 'refresh-started') refresh.spans.push(open('refreshing', at))
    if (refresh.spans.length > mostRefreshes) refresh.spans.shift()
  }

  return {
    /** Of what is past, only that is drawn which is still going on. */
    add(event: SessionEvent, at: number, isPast = false): void {
      if (event.type === 'closed') closedAt = at
      if (!('requestId' in event)) {
        addRefresh(event, at)
        if (isPast && !goingOn(refresh)) refresh.spans = []
        return
      }
      const { requestId, type, generation } = event
      // What settles and was not heard of before was never sent.
      if (type === 'settled' && !requests.has(requestId)) return
      const lane = request(requestId)
      if ('path' in event && event.path) lane.label = `${event.method} ${event.path}`.trim()
      if (type === 'sent') {
        const { attempt, sessionId } = event
        const span: Changing<Span> = { ...open('sent', at), attempt }
        // Some go without a token.
        if (sessionId) span.generation = generation
        lane.spans.push(span)
      } else if (type === 'held') lane.spans.push(open('held', at))
      else if (type === 'turned-away') finish(lane, at, type)
      else if (type !== 'replayed') {
        finish(lane, at, ends[event.outcome])
        if (type === 'settled') lane.outcome = event.outcome
      }
      if (isPast && !goingOn(lane)) requests.delete(requestId)
    },
    /** The refreshes first, then requests in the order in which they came. The lanes go on changing. */
    lanes(): readonly Lane[] {
      const all = [refresh, ...requests.values()]
      // Nothing more is heard of what was going on then.
      if (closedAt !== undefined) for (const lane of all) finish(lane, closedAt, 'going-on')
      return all
    },
  }
}

const track = (id: string, what: Lane['what'], label: string): Track => ({
  id,
  what,
  label,
  spans: [],
  outcome: undefined,
})

const open = (kind: Span['kind'], from: number, to?: number): Changing<Span> => ({
  kind,
  from,
  to,
  end: 'going-on',
  generation: undefined,
})

/** What is going on. */
function goingOn({ spans }: Track): Changing<Span> | undefined {
  const span = spans.at(-1)
  return span?.to === undefined ? span : undefined
}

/** Whether something was going on. */
function finish(lane: Track, to: number, end: SpanEnd): boolean {
  const span = goingOn(lane)
  return !!span && !!Object.assign(span, { to, end })
}
