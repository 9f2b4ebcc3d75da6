import { createServer } from 'node:http'
import type { Server } from 'node:http'

import { bearer } from './bearer.js'
import { cookie } from './cookie.js'
import { createFamilies } from './families.js'
import { createLedger } from './ledger.js'
import type { TokenServerCounts, TokenServerRequest } from './ledger.js'
import { complain, readOptions } from './options.js'
import type { TokenServerOptions } from './options.js'
import { createOrderBook } from './order-book.js'
import { createOrders } from './orders.js'
import type { TokenServerOrders } from './orders.js'
import { createPauses } from './real-time.js'
import { serve } from './serve.js'
import type { ServerState } from './state.js'
import { tokenEndpoint } from './token-endpoint.js'
import { xToken } from './x-token.js'

/** A running token server. */
export interface TokenServer {
  /** Its origin, such as `http://127.0.0.1:41234`, without a slash at the end. */
  readonly url: string
  /**
   * What it has counted: always the same object, and always up to date.
   *
   * @example A snapshot
   * ```ts
   * const before = { ...server.counts }
   * ```
   */
  readonly counts: TokenServerCounts
  /** The last 10,000 requests in the order of their arrival, as a copy. */
  readonly requests: readonly TokenServerRequest[]
  /** Faults on demand. */
  readonly orders: TokenServerOrders
  /** Sets all counts to 0 and empties `requests`. Tokens and orders stay. */
  resetCounts(): void
  /**
   * Fails the test that gave orders which no request met.
   *
   * @throws Error that names them
   */
  assertOrdersUsed(): void
  /**
   * Ends the server: every socket is closed, and hanging requests with them. Then rejects like
   * `assertOrdersUsed`. A second call changes nothing and returns the same promise.
   */
  close(): Promise<void>
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error(complain('has no port'))
  return address.port
}

/**
 * Starts a real HTTP server on 127.0.0.1 that issues tokens, lets them expire, and counts what
 * happens. It speaks several protocols at once; sign-in takes any `username`, as JSON.
 *
 * - Bearer: `POST /auth/login` and `POST /auth/refresh` in camelCase JSON, `POST /oauth/token` as in
 *   RFC 6749 §4.3 and §6; `/api/*` turns away with 401
 * - X-Token: `POST /x/login`, `POST /x/refreshtoken`; `/x/*` turns away with HTTP 200 and
 *   `{ code: 1234 }`, and a refused refresh has the code 1235
 * - Cookie: `POST /cookie/login`, `POST /cookie/refresh`, `POST /cookie/logout`; `/cookie/api/*` turns
 *   away with 401
 *
 * Every path of an API echoes the request, but for these: `/always-401`, `/forbidden`,
 * `/status/NNN`, `/redirect?to=URL&status=307`, `/slow?ms=100`, `/never` and `/stream`.
 *
 * A refresh spends only the right to refresh: an access token, an X-Token too, opens the API until
 * its own lifetime is over. Pages of any origin may call. Fake timers do not reach the server.
 *
 * @throws RangeError or TypeError for options that make no sense
 * @example
 * ```ts
 * const server = await startTokenServer({ accessTokenLifetime: 1 })
 * // … sign in at `${server.url}/auth/login`, send requests to `${server.url}/api/anything` …
 * server.orders.expireNow()
 * // … send 20 at once …
 * expect(server.counts.refreshes).toBe(1)
 * await server.close()
 * ```
 * @see RFC 6750 §3
 */
export async function startTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const settings = readOptions(options)
  const families = createFamilies(settings.lifetimeMs, settings.rotation)
  const ledger = createLedger()
  const book = createOrderBook()
  const pauses = createPauses()
  const { paths } = settings
  const state: ServerState = {
    settings,
    families,
    ledger,
    book,
    protocols: [xToken(paths), bearer(paths), tokenEndpoint, cookie],
    pause: pauses.pause,
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response, state).catch((error: unknown) => {
      // A client that went away in the middle of its request, or an order for an impossible header.
      if (!response.headersSent) response.writeHead(500).end(String(error))
    })
  })
  // Clients close idle connections first, so that no request meets a closing one.
  server.keepAliveTimeout = 0
  const port = await listen(server, settings.port)

  const assertOrdersUsed = (): void => {
    const unused = book.unused()
    if (unused.length === 0) return
    throw new Error(complain(`orders that no request met: ${unused.join(', ')}`))
  }

  async function shut(): Promise<void> {
    pauses.end()
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
    assertOrdersUsed()
  }

  let closing: Promise<void> | undefined
  return {
    url: `http://127.0.0.1:${port}`,
    counts: ledger.counts,
    get requests() {
      return ledger.requests
    },
    orders: createOrders(book, {
      expireAll: () => families.expireAll(),
      revokeAll: () => ledger.add('familiesRevoked', families.revokeAll()),
    }),
    resetCounts: () => ledger.reset(),
    assertOrdersUsed,
    close: () => (closing ??= shut()),
  }
}
