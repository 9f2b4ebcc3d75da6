import type { Driven } from './drive.js'
import type { AnyEnd } from './ends.js'
import type { Traffic } from './traffic.js'

/** Everything that a request may come to, where anything may fail. */
const allowed: readonly AnyEnd[] = [
  'served',
  // Its own, of whatever kind.
  'network error',
  'aborted',
  'status 502',
  'portal',
  // While nobody may refresh, or when nobody is signed in any more.
  'status 401',
  'unavailable: network',
  'unavailable: timeout',
  'unavailable: server',
  'unavailable: invalid-response',
  'refused',
]

/** So many tries are in one flight at most. */
const mostTries = 3

/** What was not as promised, each with the number of the promise. */
export function judgeTraffic({ forgives }: Traffic, driven: Driven): string[] {
  const { ends, passagesOf, refreshes, flights, signedOut, refreshed, expiries } = driven
  const wrong: string[] = []
  const demand = (isRight: boolean, promise: string, detail: unknown): void => {
    if (!isRight) wrong.push(`${promise}: ${JSON.stringify(detail)}`)
  }
  ends.forEach(({ end, tookMs }, n) => {
    demand(allowed.includes(end), 'G9 every request settles, with an answer or a typed error', {
      n,
      end,
      tookMs,
    })
    const [first, second, third] = passagesOf(n)
    demand(!third, 'G11 nothing is attempted three times', passagesOf(n))
    demand(!second || first?.status === 401, 'G28 only a 401 is replayed', passagesOf(n))
    // Its own answer is handed over as it came.
    if (end === 'served') demand((second ?? first)?.status === 200, 'it was served', passagesOf(n))
  })
  const hasRefused = refreshes.some(({ status }) => status === 401)
  demand(
    !forgives || !signedOut.length,
    'G15 G17 where the server forgives, no session ends',
    signedOut,
  )
  demand(!signedOut.length || hasRefused, 'G15 a session ends only when it is refused', refreshes)
  demand(signedOut.length <= 1, 'G18 its end is told once', signedOut)
  demand(
    signedOut.length > 0 || ends.every(({ end }) => end !== 'refused'),
    'G18 its end is told',
    ends,
  )
  const most = flights === undefined ? Number.POSITIVE_INFINITY : mostTries * flights
  demand(driven.tries <= most, 'G9 three tries a flight at most', driven.tries)
  const tokensInVain = refreshed - expiries
  demand(tokensInVain <= 0, 'G1 one refresh for each expiry', { refreshed, expiries })
  const next = signedOut.length && driven.next === 'status 401' ? 'served' : driven.next
  const isOver = !forgives && driven.next === 'refused'
  demand(next === 'served' || isOver, 'the next request is served, or told of the end', driven.next)
  demand(driven.anew === 'served', 'afterwards it works again', driven.anew)
  demand(!driven.leaks.length, 'G40 no token is shown', driven.leaks.length)
  return wrong
}
