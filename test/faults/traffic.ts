import fc from 'fast-check'
import type { Fault } from './fault.js'
import { faults } from './faults.js'

/** Requests at one time. */
export interface Burst {
  readonly count: number
  /** All access tokens are dead before it. */
  readonly expires: boolean
  /** The cool-down is waited for, as apps do that tell their users. */
  readonly isPatient: boolean
  /** What befalls the next connections, whichever they are. */
  readonly outage: 'none' | 'refused' | 'reset'
}

/** Twenty requests, and what becomes of them. */
export interface Traffic {
  readonly forgives: boolean
  readonly bursts: readonly Burst[]
  /** What the request with this number meets, counted as they come to the proxy. */
  readonly strikes: readonly { readonly at: number; readonly fault: Fault }[]
}

export const requestsInAll = 20

/** Each request is attempted twice at most, and there are refreshes. */
const mostPassages = 50

const strikes = faults.filter(({ act, needsUsed }) => typeof act === 'function' && !needsUsed)

const burst = fc.record<Burst>({
  count: fc.integer({ min: 1, max: 6 }),
  expires: fc.boolean(),
  isPatient: fc.boolean(),
  outage: fc.oneof(
    { weight: 6, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constantFrom('refused' as const, 'reset' as const) },
  ),
})

/** As many bursts as make twenty requests; the last one is cut. */
function twenty(bursts: readonly Burst[]): Burst[] {
  let left = requestsInAll
  return bursts.flatMap((each) => {
    const count = Math.min(each.count, left)
    left -= count
    return count > 0 ? [{ ...each, count }] : []
  })
}

export const traffic: fc.Arbitrary<Traffic> = fc.record({
  forgives: fc.boolean(),
  bursts: fc.array(burst, { minLength: requestsInAll, maxLength: requestsInAll }).map(twenty),
  strikes: fc.uniqueArray(
    fc.record({ at: fc.nat(mostPassages), fault: fc.constantFrom(...strikes) }),
    { selector: ({ at }) => at, minLength: 3, maxLength: 12 },
  ),
})

/** So that a counterexample can be read. */
export const describeTraffic = ({ forgives, bursts, strikes: given }: Traffic): string =>
  JSON.stringify({
    forgives,
    bursts,
    strikes: given.map(({ at, fault }) => `${at}: ${fault.name}`),
  })
