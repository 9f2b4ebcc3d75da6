import { describe, expect, it } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import {
  eventsOf,
  eventually,
  fire,
  openSession,
  openTabs,
  outcomesOf,
  patchedPage,
  reasonsOf,
  signInAll,
  times,
} from './sharing.js'

const rounds = 25

/** Far more than six thousand requests take, for machines that do ten other things (milliseconds). */
const patienceMs = 300_000

/** Long enough for the late tabs to come in the middle of the refresh (milliseconds). */
const refreshTakesMs = 500

/** A page whose wall clock can be put forward, as a machine's that has slept. */
const sleeper = {
  '/sleeper.html': patchedPage(
    'aheadMs = 0; const { now } = Date; Date.now = () => now() + aheadMs',
  ),
}

const sleepAll = (tabs: readonly Tab[], ms: number): Promise<unknown> =>
  Promise.all(tabs.map((tab) => tab.run(`aheadMs += ${ms}`)))

const clients = ['fetch', 'axios-xhr', 'axios-fetch'] as const

const eight = (url: string) => [url, url, url, url, url, url, url, url] as const

/** Eight tabs that find the same tokens expired. */
export function describeHerd(engine: () => Engine): void {
  describe('eight tabs of twenty-five requests each', () => {
    it(
      'G1 G4 refresh once after each of twenty-five expiries',
      async () => {
        const { url, server } = await openWorld({ pages: sleeper })
        const tabs = await openTabs(engine(), eight(new URL('/sleeper.html', url).href))
        await signInAll(tabs)

        for (let round = 1; round <= rounds; round += 1) {
          // Every fifth time the server alone knows, and turns all of them away.
          if (round % 5 === 0) server.orders.expireNow()
          else await sleepAll(tabs, 61_000)
          const outcomes = await fire(tabs, 25)
          expect(outcomes).toEqual(times(200, { status: 200, user: 'ann', generation: round + 1 }))
          expect(server.counts).toMatchObject({ refreshes: round, familiesRevoked: 0 })
        }

        expect(server.counts).toMatchObject({
          maxConcurrentRefreshes: 1,
          refreshesGranted: rounds,
          served: rounds * 200,
          turnedAway: (rounds / 5) * 200,
        })
        for (const tab of tabs) {
          expect(await tab.call('status')).toMatchObject({ generation: rounds + 1 })
          expect(await reasonsOf(tab)).toEqual([])
          expect(await eventsOf(tab, 'turn-missed')).toEqual([])
        }
      },
      patienceMs,
    )

    it('G1 G4 refresh once when half of them come in the middle of the refresh', async () => {
      const { url, server } = await openWorld({ latency: { refresh: refreshTakesMs } })
      const tabs = await openTabs(engine(), eight(url))
      // Whatever they send with.
      for (const [at, tab] of tabs.entries()) {
        await openSession(tab, { client: clients[at % clients.length] ?? 'fetch' })
      }
      await signInAll(tabs)
      const [early, late] = [tabs.slice(0, 4), tabs.slice(4)]

      server.orders.expireNow()
      await Promise.all(early.map((tab) => tab.call('send', 25)))
      await eventually(() => server.counts.refreshes).toBe(1)
      await Promise.all(late.map((tab) => tab.call('send', 25)))
      const outcomes = await outcomesOf(tabs)

      expect(outcomes).toEqual(times(200, { status: 200, user: 'ann', generation: 2 }))
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
      for (const tab of tabs) expect(await reasonsOf(tab)).toEqual([])
    })
  })
}
