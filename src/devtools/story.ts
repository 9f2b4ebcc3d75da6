import type { SessionEvent } from '../index.js'
import type { Chapter, Count, Flight } from './chapter.js'

/** How many chapters are remembered. */
const mostChapters = 50
/** Of so many requests it is remembered to which chapter they belong. */
const mostHomes = 500

type RequestEvent = Exclude<
  Extract<SessionEvent, { readonly requestId: number }>,
  { readonly type: 'sent' | 'settled' }
>

/** Groups events, given one after the other with the time at which each happened, into chapters. */
export function createStory() {
  const chapters: Chapter[] = []
  const homes = new Map<number, Flight>()
  let flying: Flight | undefined
  let latest: Flight | undefined
  let ids = 0

  function push(chapter: Chapter): void {
    chapters.push(chapter)
    if (chapters.length > mostChapters) chapters.shift()
  }

  function begin(at: number): Flight {
    latest = { what: 'flight', id: ++ids, at, counts: {} }
    push(latest)
    return latest
  }

  /** Goes on with a chapter of requests for which there was no refresh yet. */
  function gather(at: number): Flight {
    const isFree = latest === chapters.at(-1) && !latest?.trigger && !latest?.end
    return latest && isFree ? latest : begin(at)
  }

  /** The chapter of a request that is told of for the first time. */
  function house(id: number, at: number): Flight {
    const flight = flying ?? gather(at)
    homes.set(id, flight)
    const [oldest = id] = homes.keys()
    if (homes.size > mostHomes) homes.delete(oldest)
    return flight
  }

  function addRequest(event: RequestEvent, at: number): void {
    const { requestId: id, type } = event
    const isAgain = type === 'turned-away' && event.attempt === 2
    const isFirst = type === 'held' || (type === 'turned-away' && !isAgain)
    const flight = isFirst ? house(id, at) : (homes.get(id) ?? flying ?? latest ?? begin(at))
    const count: Count = type === 'released' ? event.outcome : isAgain ? 'again' : type
    flight.counts[count] = (flight.counts[count] ?? 0) + 1
    if (type === 'turned-away') flight.first ??= id
    if (type === 'held') flight.why = event.why
    if (type === 'released') flight.heldMs = Math.max(flight.heldMs ?? 0, event.waitedMs)
  }

  return {
    add(event: SessionEvent, at: number): void {
      if (event.type === 'sent' || event.type === 'settled') return
      if ('requestId' in event) addRequest(event, at)
      else if (event.type === 'refresh-started') {
        // Those who were turned away are why.
        flying = event.trigger === 'turned-away' ? gather(at) : begin(at)
        flying.trigger = event.trigger
      } else {
        const isEnd =
          event.type === 'refreshed' ||
          (event.type === 'adopted' && event.from === 'store') ||
          event.type === 'refresh-unavailable'
        if (isEnd || (event.type === 'signed-out' && flying)) {
          const flight = flying ?? begin(at)
          flight.end = event
          flying = undefined
        }
        if (isEnd) return
        const last = chapters.at(-1)
        // A store that is away says so each time.
        if (last?.what === 'moment' && last.event.type === event.type) {
          last.event = event
          last.times += 1
        } else push({ what: 'moment', id: ++ids, at, event, times: 1 })
      }
    },
    /** Oldest first. They go on changing. */
    chapters: (): readonly Chapter[] => chapters,
  }
}
