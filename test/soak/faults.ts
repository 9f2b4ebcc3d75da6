import type { Nonsense, TokenServerOrders } from 'unexpired/testing'

import type { Dice } from './dice.js'
import type { Tally } from './tally.js'

/** How often each is ordered, compared with the others. */
const weights = {
  failRefresh: 4,
  dropRefreshRequest: 3,
  dropRefreshAnswer: 3,
  hangRefresh: 1,
  answerNonsense: 3,
  delayRefresh: 3,
  failApi: 8,
  dropApi: 6,
  delayApi: 8,
  expireNow: 4,
  refuseRefresh: 1,
  revokeAll: 1,
} as const

export type FaultName = keyof typeof weights

const nonsense: readonly Nonsense[] = ['html', 'empty', 'not-json', 'no-token', 'bad-token']
const failures = { api: [500, 503, 429, 403, 409], refresh: [500, 502, 503, 429, 408] }
/** Milliseconds. Together with the rest, well below what a try may take. */
const delays = { least: 20, most: 300 }
/** How many requests meet it. Three are one more than a refresh gets over: then it is unavailable. */
const timesDrawn = [1, 1, 1, 2, 2, 3]
/** Where so many are still to be met, none is added. */
const mostWaiting = 12
const paths = 16

/** Gives one order, drawn by chance. */
export function orderFault(orders: TokenServerOrders, dice: Dice, tally: Tally): void {
  const name = dice.weighted<FaultName>(weights)
  if (orders.unused().length > mostWaiting) return
  const times = dice.pick(timesDrawn)
  const delayMs = Math.round(dice.between(delays.least, delays.most))
  tally.add(name, isOnce(name) ? 1 : times)
  switch (name) {
    case 'failRefresh': {
      const isPatient = dice.chance(0.2)
      const retryAfter = isPatient ? { retryAfter: 1 } : {}
      return orders.failRefresh({ status: dice.pick(failures.refresh), times, ...retryAfter })
    }
    case 'dropRefreshRequest':
      return orders.dropRefreshRequest({ times })
    case 'dropRefreshAnswer':
      return orders.dropRefreshAnswer()
    case 'hangRefresh':
      return orders.hangRefresh()
    case 'answerNonsense':
      return orders.answerNonsense({ as: dice.pick(nonsense), times })
    case 'delayRefresh':
      return orders.delay('/auth/refresh', delayMs, { times })
    case 'failApi':
      return orders.failApi({ status: dice.pick(failures.api), body: { ordered: true }, times })
    case 'dropApi':
      return orders.dropApi({ times })
    case 'delayApi':
      return orders.delay(`/api/p${dice.below(paths)}`, delayMs, { times })
    case 'expireNow':
      return orders.expireNow()
    case 'refuseRefresh':
      return orders.refuseRefresh()
    case 'revokeAll':
      return orders.revokeAll()
  }
}

const once: readonly FaultName[] = [
  'dropRefreshAnswer',
  'hangRefresh',
  'expireNow',
  'refuseRefresh',
  'revokeAll',
]

const isOnce = (name: FaultName): boolean => once.includes(name)
