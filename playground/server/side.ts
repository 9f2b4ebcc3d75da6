import { Agent } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'

import { startTokenServer } from 'unexpired/testing'
import type { TokenServer, TokenServerCounts, TokenServerRequest } from 'unexpired/testing'

import { extraLatencyOf, pathOf } from '../shared/paths.js'
import { ranges } from '../shared/settings.js'
import type { Fault, ServerSettings } from '../shared/settings.js'
import { drop, pipe } from './pipe.js'

/** One token server, as long as the playground runs: it is started anew with each change of settings. */
export interface Side {
  /** The one that runs now. */
  readonly server: TokenServer
  readonly counts: TokenServerCounts
  readonly requests: readonly TokenServerRequest[]
  /** How many requests have come and are worked on; those that hang by order are not. */
  readonly underWay: number
  /** Takes a request to a path there. */
  serve(
    incoming: IncomingMessage,
    response: ServerResponse,
    path: string,
    headers: OutgoingHttpHeaders,
  ): void
  restart(settings: ServerSettings): Promise<void>
  /** In force from now on; ends the one before, and lets go of what hangs. */
  arm(fault: Fault): void
  close(): Promise<void>
}

/** How long a network that is away for a moment is away, and when a request learns of it. Milliseconds. */
const blip = { lastsMs: 450, noticedMs: 120 }

/** How long a used refresh token yields further tokens, with a server that gives grace. Milliseconds. */
const graceMs = 10_000

/** A refresh that takes so much longer than it should hangs. Milliseconds. */
const hangsAfterMs = 1_000

const isRefresh = (path: string): boolean => /\/(?:auth\/refresh|x\/refreshtoken)$/.test(path)

async function start(settings: ServerSettings): Promise<TokenServer> {
  return startTokenServer({
    accessTokenLifetime: settings.lifetime,
    announceLifetime: settings.announce,
    latency: { api: settings.api, refresh: settings.refresh },
    rotation: settings.rotation === 'grace' ? { graceMs } : settings.rotation,
  })
}

export async function startSide(initial: ServerSettings): Promise<Side> {
  let settings = initial
  let server = await start(settings)
  let agent = new Agent({ keepAlive: true })
  let fault: Fault = 'none'
  let backAt: number | undefined
  /** What has come and is not answered, with its way out. */
  const underWay = new Map<
    ServerResponse,
    { path: string; headers: OutgoingHttpHeaders; at: number }
  >()

  const hangs = ({ path, at }: { path: string; at: number }): boolean =>
    fault === 'hang' && isRefresh(path) && performance.now() - at > settings.refresh + hangsAfterMs

  function giveOrders(): void {
    const { orders } = server
    orders.clear()
    for (let index = 0; index < ranges.requests.most; index += 1) {
      const extraMs = Math.round(extraLatencyOf(index) * settings.api)
      if (extraMs === 0) continue
      for (const prefix of ['/api', '/x']) {
        orders.delay(prefix + pathOf(index), extraMs, { times: Infinity })
      }
    }
    if (fault === 'refuse') orders.refuseRefresh({ times: Infinity })
    if (fault === 'hang') orders.hangRefresh()
    if (fault === 'drop') orders.dropRefreshAnswer()
    if (fault === 'busy') orders.failRefresh({ status: 503, retryAfter: 1, times: Infinity })
  }

  function cut(which: (path: string) => boolean): void {
    for (const [response, { path, headers }] of [...underWay]) {
      if (which(path)) drop(response, headers)
    }
  }

  async function end(): Promise<void> {
    cut(() => true)
    agent.destroy()
    // On the losing side some requests are never sent, so some orders are never met.
    server.orders.clear()
    await server.close()
  }

  giveOrders()
  return {
    get server() {
      return server
    },
    get counts() {
      return server.counts
    },
    get requests() {
      return server.requests
    },

    get underWay() {
      return [...underWay.values()].filter((each) => !hangs(each)).length
    },

    serve(incoming, response, path, headers) {
      if (fault === 'offline') {
        incoming.socket.destroy()
        return
      }
      const [pathname = ''] = path.split('?')
      underWay.set(response, { path: pathname, headers, at: performance.now() })
      response.on('close', () => underWay.delete(response))
      // The network goes away when the first refresh sets out.
      if (fault === 'blip' && isRefresh(pathname)) backAt ??= performance.now() + blip.lastsMs
      if (backAt !== undefined && performance.now() < backAt) {
        setTimeout(() => drop(response, headers), blip.noticedMs)
        return
      }
      pipe(incoming, response, { to: server.url, path, agent, headers })
    },

    async restart(next) {
      const fresh = await start(next)
      await end()
      settings = next
      server = fresh
      agent = new Agent({ keepAlive: true })
      giveOrders()
    },

    arm(next) {
      if (fault === 'hang') cut(isRefresh)
      fault = next
      backAt = undefined
      giveOrders()
      if (fault === 'offline') cut(() => true)
    },

    close: end,
  }
}
