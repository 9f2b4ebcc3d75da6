import { performance } from 'node:perf_hooks'

import { startTokenServer } from 'unexpired/testing'

import type { Contender, Line } from './contender.js'
import { firstPage, load, paths, refreshLatencyMs, sendAll } from './load.js'
import { plainBearer, plainXToken } from './plain-interceptor.js'
import { laneOf, recordingAdapter, refreshesOf } from './record.js'
import type { Sending } from './record.js'
import type { RefreshStretch, Run, Side } from './results.js'
import type { Protocol, Scene } from './scenes.js'
import { bearerWithSession, xTokenWithSession } from './with-session.js'

/** How long an access token lives. Seconds: well over one load, well under anyone's patience. */
export const lifetime = 1.5

interface System {
  /** Where its API lives on the server. */
  readonly prefix: string
  readonly contenders: Readonly<Record<Side, (line: Line) => Contender>>
}

const systems: Readonly<Record<Protocol, System>> = {
  bearer: {
    prefix: '/api',
    contenders: { unexpired: bearerWithSession, plain: plainBearer },
  },
  'x-token': {
    prefix: '/x',
    contenders: { unexpired: xTokenWithSession, plain: plainXToken },
  },
}

/** A user who is signed in at a server of its own. */
export interface SignedIn {
  /** Sends the load, and tells what became of it. */
  play(): Promise<Run>
  close(): Promise<void>
}

/** What may go wrong on purpose. */
export interface Faults {
  /** The server refuses the next refresh for good. */
  readonly refuseRefresh: boolean
}

/** Starts a server that takes each refresh token once, and signs a user in there. */
export async function signIn(scene: Scene, side: Side, faults: Faults): Promise<SignedIn> {
  const { prefix, contenders } = systems[scene.protocol]
  const server = await startTokenServer({
    rotation: 'strict',
    accessTokenLifetime: lifetime,
    announceLifetime: scene.notice === 'before-the-request',
    latency: { refresh: refreshLatencyMs },
  })
  for (const path of paths) {
    server.orders.delay(`${prefix}${path}`, load[path] ?? 0, { times: Infinity })
  }
  if (faults.refuseRefresh) server.orders.refuseRefresh()

  const sendings: Sending[] = []
  const contender = contenders[side]({ url: server.url, adapter: recordingAdapter(sendings) })
  await contender.signIn()
  // All is well as long as the token lives, on both sides.
  await contender.get(firstPage)
  server.resetCounts()
  sendings.length = 0

  return {
    async play() {
      const zero = performance.now()
      const calls = await sendAll(contender)
      const { counts, requests } = server
      const { refreshes, turnedAway, served, reuseDetected, familiesRevoked } = counts
      const { thrownOut } = contender
      const between = side === 'plain' ? 'refreshing' : 'held'
      return {
        side,
        lanes: calls.map((call) => laneOf(call, sendings, requests, between, zero)),
        refreshes: contender.refreshes?.map(since(zero)) ?? refreshesOf(requests, zero),
        counts: { refreshes, turnedAway, served, reuseDetected, familiesRevoked, thrownOut },
      }
    },
    async close() {
      contender.close()
      // On the losing side some requests are never sent, so some orders are never met.
      server.orders.clear()
      await server.close()
    },
  }
}

const since =
  (zero: number) =>
  ({ from, to, granted }: RefreshStretch): RefreshStretch => ({
    from: from - zero,
    to: to - zero,
    granted,
  })
