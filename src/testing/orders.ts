import type { Fate, OrderBook } from './order-book.js'
import type { Answer } from './protocol.js'

/** How often an order is to be met. */
export interface OrderTimes {
  /**
   * How many requests meet it; `Infinity` for all from now on, of which one is enough to count as
   * used.
   *
   * @defaultValue 1
   */
  readonly times?: number
}

/** An answer that says that something went wrong. */
export interface OrderedFailure extends OrderTimes {
  /** The HTTP status. */
  readonly status: number
  /**
   * A string is sent as it is, as `text/html`, like the page of a proxy; anything else as JSON.
   *
   * @defaultValue no body
   */
  readonly body?: unknown
}

/**
 * What can be wrong with a refresh that is answered with 200 (204 for cookies).
 *
 * - `'html'`: a page, such as the login page of a proxy
 * - `'empty'`: no body at all
 * - `'not-json'`: JSON that breaks off
 * - `'no-token'`: the usual answer, without an access token
 * - `'bad-token'`: the usual answer, with a token that no header can carry: it has a line break
 */
export type Nonsense = 'html' | 'empty' | 'not-json' | 'no-token' | 'bad-token'

/**
 * Faults on demand. `expireNow` and `revokeAll` act at once. Every other order waits for requests
 * that fit, of any protocol, and is met by them in the order of their arrival; one request meets at
 * most one delay and one other order. Preflights meet none.
 *
 * Orders that were never met are mistakes of the test: `server.close()` rejects and names them.
 *
 * @example
 * ```ts
 * server.orders.expireNow()
 * server.orders.failRefresh({ status: 503, retryAfter: 1 })
 * ```
 */
export interface TokenServerOrders {
  /** Kills all access tokens issued so far. Refresh tokens live on, and so does the right of an X-Token to buy the next. */
  expireNow(): void
  /** Revokes all families: every access token and refresh token issued so far is dead. */
  revokeAll(): void
  /** Refuses the next refresh for good, as `invalid_grant` or 1235. Its refresh token is not spent. */
  refuseRefresh(options?: OrderTimes): void
  /** Accepts the next refresh and never answers. Its refresh token is not spent. */
  hangRefresh(options?: OrderTimes): void
  /**
   * Answers the next refresh with a status of your choice. Its refresh token is not spent.
   *
   * @see RFC 9110 §10.2.3
   */
  failRefresh(
    options: OrderedFailure & {
      /** What `Retry-After` says: seconds, or an HTTP date. */
      readonly retryAfter?: number | string
    },
  ): void
  /** Grants the next refresh, so that its refresh token is spent, and cuts the connection without an answer. */
  dropRefreshAnswer(options?: OrderTimes): void
  /** Cuts the connection of the next refresh. Its refresh token is not spent. */
  dropRefreshRequest(options?: OrderTimes): void
  /** Answers the next refresh with success and nonsense. Its refresh token is not spent. */
  answerNonsense(
    options: OrderTimes & {
      /** What is wrong with the answer. */
      readonly as: Nonsense
    },
  ): void
  /** Waits `ms` milliseconds, beside any latency, before it looks at the next request for exactly this path. */
  delay(path: string, ms: number, options?: OrderTimes): void
  /** Answers the next API request with a status of your choice, whatever its token. */
  failApi(
    options: OrderedFailure & {
      /** Exactly this path, without the query; without it, any API request. */
      readonly path?: string
    },
  ): void
  /** Cuts the connection of the next API request. */
  dropApi(
    options?: OrderTimes & {
      /** Exactly this path, without the query; without it, any API request. */
      readonly path?: string
    },
  ): void
  /** Names the orders that were not met as often as they asked for. */
  unused(): string[]
  /** Forgets all orders that wait, unused ones too. */
  clear(): void
}

const page = '<!doctype html><title>Sign in</title><p>This is not the answer you asked for.</p>'
const html = { 'Content-Type': 'text/html; charset=utf-8' }
const json = { 'Content-Type': 'application/json' }

const nonsense: Readonly<Record<Nonsense, Fate>> = {
  html: { does: 'answer', answer: { status: 200, headers: html, text: page } },
  empty: { does: 'answer', answer: { status: 200 } },
  'not-json': {
    does: 'answer',
    answer: { status: 200, headers: json, text: '{"accessToken":"at_' },
  },
  'no-token': { does: 'grant-nonsense', accessToken: undefined },
  'bad-token': { does: 'grant-nonsense', accessToken: 'at_line\r\nbreak' },
}

function failure({ status, body }: OrderedFailure, headers: Record<string, string> = {}): Fate {
  let answer: Answer = { status, headers }
  if (typeof body === 'string') answer = { status, headers: { ...html, ...headers }, text: body }
  else if (body !== undefined) answer = { status, headers, json: body }
  return { does: 'answer', answer }
}

export function createOrders(
  book: OrderBook,
  now: { expireAll(): void; revokeAll(): void },
): TokenServerOrders {
  const onRefresh = (name: string, fate: Fate, { times = 1 }: OrderTimes = {}): void =>
    book.give({ name, kind: 'refresh', fate, times })
  return {
    expireNow: () => now.expireAll(),
    revokeAll: () => now.revokeAll(),
    refuseRefresh: (options) => onRefresh('refuseRefresh', { does: 'refuse' }, options),
    hangRefresh: (options) => onRefresh('hangRefresh', { does: 'hang' }, options),
    failRefresh(options) {
      const { retryAfter } = options
      const headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }
      onRefresh('failRefresh', failure(options, headers), options)
    },
    dropRefreshAnswer: (options) =>
      onRefresh('dropRefreshAnswer', { does: 'drop', granting: true }, options),
    dropRefreshRequest: (options) =>
      onRefresh('dropRefreshRequest', { does: 'drop', granting: false }, options),
    answerNonsense: (options) => onRefresh('answerNonsense', nonsense[options.as], options),
    delay: (path, delayMs, { times = 1 } = {}) =>
      book.give({ name: 'delay', path, delayMs, times }),
    failApi: (options) =>
      book.give({
        name: 'failApi',
        kind: 'api',
        path: options.path,
        fate: failure(options),
        times: options.times ?? 1,
      }),
    dropApi: ({ path, times = 1 } = {}) =>
      book.give({
        name: 'dropApi',
        kind: 'api',
        path,
        fate: { does: 'drop', granting: false },
        times,
      }),
    unused: () => book.unused(),
    clear: () => book.clear(),
  }
}
