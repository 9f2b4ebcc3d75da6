import { judgeAlive, judgeHeap } from './heap.js'
import type { HeapBounds } from './heap.js'
import { twiceExpired } from './judge.js'
import { serversHeap } from './soak.js'
import type { Standing } from './soak.js'
import { countOf } from './tally.js'

/** A heap of a long soak, measured while nothing is under way, moves by less. Bytes. */
const longBounds: HeapBounds = { slopePerMinute: 30 * 1024, span: 2 * 1024 ** 2 }
/** In a few seconds, what is being compiled weighs more than any slope. Bytes. */
export const shortBounds: HeapBounds = { slopePerMinute: Infinity, span: 6 * 1024 ** 2 }
/** So many minutes are long. */
const longMinutes = 5
/** Connections, timers and promises of them come and go. */
const mostGrowth = 60

const faultsOfTries = ['failRefresh', 'dropRefreshRequest', 'hangRefresh', 'answerNonsense']

const isLong = ({ minutes }: Standing): boolean => minutes >= longMinutes * 0.9

/** There is no error without a fault that explains it, in sum. */
function judgeSums(standing: Standing, inFlight: number): readonly string[] {
  const { report, servers } = standing
  const wrong: string[] = []
  const atMost = (what: string, count: number, most: number, why: string): void => {
    if (count > most) wrong.push(`${count} × ${what}, but ${most} × ${why}`)
  }
  const { counts } = report
  const count = (name: string): number => counts[name] ?? 0
  const ordered = (name: string): number => servers.orders.counts[name] ?? 0
  const orderedTries = faultsOfTries.reduce((sum, name) => sum + ordered(name), 0)
  const granted = servers.counts.reduce((sum, { refreshesGranted }) => sum + refreshesGranted, 0)
  const ends = countOf(report, 'ends told') + count('session objects closed')

  atMost('network error', count('network error'), ordered('dropApi'), 'dropApi')
  atMost('fault of the API', count('answered: fault of the API'), ordered('failApi'), 'failApi')
  atMost(
    twiceExpired,
    count(twiceExpired),
    inFlight * (ordered('expireNow') + ordered('revokeAll')),
    'requests under way when tokens were killed',
  )
  atMost(
    'failed tries',
    count('refresh tries: failed') + count('refresh tries: nonsense'),
    orderedTries,
    'orders for that',
  )
  atMost(
    'tries without an answer',
    count('refresh tries: network'),
    orderedTries + ordered('dropRefreshAnswer'),
    'orders for that',
  )
  // Whose session ends, or whose answer is lost, leaves tokens that nobody takes.
  atMost(
    'tokens granted that nobody took',
    granted - count('refreshed'),
    ordered('dropRefreshAnswer') + count('refresh tries: given-up') + ends,
    'answers dropped or too late, and ends',
  )
  return wrong
}

/** All that is wrong with a soak; nothing, where all is well. */
export function judgeSoak(standing: Standing, inFlight: number): readonly string[] {
  const bounds = isLong(standing) ? longBounds : shortBounds
  const heaps = Object.entries(standing.samples).filter(([name]) => name !== serversHeap)
  const { violations, violationCount } = standing.report
  const more = violationCount - violations.length
  return [
    ...violations,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...judgeSums(standing, inFlight),
    ...heaps.flatMap(([name, samples]) => [
      ...judgeHeap(name, samples, bounds),
      ...judgeAlive(name, samples, mostGrowth),
    ]),
  ]
}
