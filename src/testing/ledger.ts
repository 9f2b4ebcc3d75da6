import type { Holder } from './families.js'
import type { RequestKind } from './protocol.js'
import { realNow } from './real-time.js'

/**
 * What the server has counted since it started, or since `resetCounts()`. Every protocol counts
 * here, and so do requests that met an order.
 */
export interface TokenServerCounts {
  /** Sign-ins that were granted. */
  readonly signIns: number
  /** Refresh requests that reached the server, whatever became of them. */
  readonly refreshes: number
  /** Refreshes that were granted, also where the answer was then dropped by order. */
  readonly refreshesGranted: number
  /** Refreshes that were refused for good, by the rules or by order. */
  readonly refreshesRefused: number
  /**
   * The most refresh requests that the server worked on at one time, from arrival to answer. One
   * that hangs by order is not worked on.
   */
  readonly maxConcurrentRefreshes: number
  /** Refreshes with a refresh token that was spent before, outside any grace. */
  readonly reuseDetected: number
  /** Families revoked for reuse, or by `orders.revokeAll()`. Signing out does not count. */
  readonly familiesRevoked: number
  /** API requests whose token was good, and whose answer was below 400. */
  readonly served: number
  /** API requests answered with 401, or with the code 1234. */
  readonly turnedAway: number
}

/**
 * What became of a request.
 *
 * - `'served'`: answered below 400; for the API that takes a good token, or an order
 * - `'turned-away'`: an API request answered with 401, or with the code 1234
 * - `'granted'`, `'refused'`: of sign-ins and refreshes
 * - `'failed'`: answered 400 or above for another reason, or with nonsense by order
 * - `'hung'`: never answered
 * - `'dropped'`: the connection was cut instead of an answer, by order
 * - `'pending'`: not decided yet
 */
export type RequestOutcome =
  | 'pending'
  | 'served'
  | 'turned-away'
  | 'granted'
  | 'refused'
  | 'failed'
  | 'hung'
  | 'dropped'

/** One request that reached the server whole. Preflights are not listed. */
export interface TokenServerRequest {
  /** When it arrived. Milliseconds since the Unix epoch, with fractions, by a clock that never goes back. */
  readonly at: number
  /** From its arrival to its answer. Milliseconds; `undefined` as long as there is none. */
  readonly tookMs: number | undefined
  /** In upper case. */
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** What it wanted. */
  readonly kind: RequestKind
  /** Whose token it carried, dead or alive; of a sign-in, who signed in. */
  readonly user: string | undefined
  /** The family of that token. One sign-in begins one family. */
  readonly family: string | undefined
  /** The generation of that token; of a granted sign-in or refresh, the one that was issued. */
  readonly generation: number | undefined
  /** The names of the headers that carried a credential, sorted, such as `['authorization']`. */
  readonly credentials: readonly string[]
  /** The HTTP status, or `undefined` where no answer was sent. */
  readonly status: number | undefined
  /** What became of it. */
  readonly outcome: RequestOutcome
}

export type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** One line of the log while it is being written. */
export type Entry = Writable<TokenServerRequest>

const logged = 10_000

const noCounts = (): TokenServerCounts => ({
  signIns: 0,
  refreshes: 0,
  refreshesGranted: 0,
  refreshesRefused: 0,
  maxConcurrentRefreshes: 0,
  reuseDetected: 0,
  familiesRevoked: 0,
  served: 0,
  turnedAway: 0,
})

export interface Ledger {
  readonly counts: TokenServerCounts
  /** A copy of the last 10,000 entries, oldest first. */
  readonly requests: readonly TokenServerRequest[]
  add(count: keyof TokenServerCounts, by?: number): void
  /** Writes a request down, as it arrives. */
  enter(request: Pick<Entry, 'at' | 'method' | 'path' | 'kind' | 'credentials'>): Entry
  /** A refresh arrives. It is worked on until the function that it returns is called. */
  refreshing(): () => void
  reset(): void
}

/** Notes whose request this is, once that is known. */
export function attribute(entry: Entry, holder: Holder | undefined): void {
  entry.user = holder?.user
  entry.family = holder?.family
  entry.generation = holder?.generation
}

/** Notes how a request ended. */
export function settle(entry: Entry, outcome: RequestOutcome, status?: number): void {
  entry.outcome = outcome
  if (status === undefined) return
  entry.status = status
  entry.tookMs = realNow() - entry.at
}

export function createLedger(): Ledger {
  const counts: Writable<TokenServerCounts> = noCounts()
  let entries: Entry[] = []
  let refreshing = 0
  return {
    counts,
    get requests() {
      return entries.slice(-logged).map((entry) => ({ ...entry }))
    },
    add(count, by = 1) {
      counts[count] += by
    },
    enter(request) {
      const entry: Entry = {
        ...request,
        tookMs: undefined,
        user: undefined,
        family: undefined,
        generation: undefined,
        status: undefined,
        outcome: 'pending',
      }
      entries.push(entry)
      // Cut now and then, not at each request.
      if (entries.length >= 2 * logged) entries = entries.slice(-logged)
      return entry
    },
    refreshing() {
      counts.refreshes += 1
      refreshing += 1
      counts.maxConcurrentRefreshes = Math.max(counts.maxConcurrentRefreshes, refreshing)
      return () => {
        refreshing -= 1
      }
    },
    reset() {
      Object.assign(counts, noCounts())
      counts.maxConcurrentRefreshes = refreshing
      entries = []
    },
  }
}
