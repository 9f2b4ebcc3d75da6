import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import {
  active,
  comeIntoView,
  eventsOf,
  eventually,
  fire,
  noDatabase,
  openSession,
  openTabs,
  patchedPage,
  reasonsOf,
  send,
  signedOut,
  signInAll,
  times,
} from './sharing.js'

const silentDatabase = patchedPage('IDBFactory.prototype.open = () => ({})')

const noChannel = patchedPage('delete window.BroadcastChannel')

/** How often tokens expire at the same moment in four tabs. */
const rounds = 2

/** How long requests may wait for a database that does not answer (milliseconds). */
const deadlineMs = 5_000

/** Soon, on a busy machine, and sooner than after another deadline (milliseconds). */
const promptMs = 4_000

export function describeDegraded(engine: () => Engine): void {
  describe('a browser in which something is missing', () => {
    it('G34 without IndexedDB keeps the session in localStorage, for all tabs, and says so once', async () => {
      const { url, server } = await openWorld({
        // One refresh is likely there, and not promised.
        rotation: { graceMs: 10_000 },
        pages: { '/no-database.html': noDatabase },
      })
      const page = new URL('/no-database.html', url).href
      const tabs = await openTabs(engine(), [page, page, page, page])
      await signInAll(tabs)

      for (let round = 0; round < rounds; round += 1) {
        server.orders.expireNow()
        const outcomes = await fire(tabs, 5)
        for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 200, user: 'ann' })
      }
      // Without turns each of the four would refresh each time.
      expect(server.counts.refreshes).toBeLessThan(2 * rounds)
      expect(server.counts.familiesRevoked).toBe(0)

      const [one, two] = tabs
      await one.reload()
      await openSession(one)
      expect(await send(one)).toMatchObject([{ status: 200, user: 'ann' }])
      await two.call('signOut')
      for (const tab of tabs) {
        await signedOut(tab)
        expect(await tab.call('missing')).toEqual(['indexed-db'])
        expect(await eventsOf(tab, 'store-failed')).toEqual([])
        expect(await reasonsOf(tab)).toEqual(['signed-out'])
      }
    })

    it('G34 without IndexedDB and without Web Locks tabs still take turns, by a lease in localStorage', async () => {
      const { insecureUrl, server } = await openWorld({
        rotation: { graceMs: 10_000 },
        latency: { refresh: 200 },
        pages: { '/no-database.html': noDatabase },
      })
      const page = new URL('/no-database.html', insecureUrl).href
      const tabs = await openTabs(engine(), [page, page, page, page])
      await signInAll(tabs)
      server.orders.expireNow()
      const outcomes = await fire(tabs, 5)
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 200, user: 'ann' })
      expect(server.counts.refreshes).toBeLessThan(3)
      for (const tab of tabs) {
        expect(await tab.call('missing')).toEqual(['indexed-db', 'web-locks'])
        expect(await reasonsOf(tab)).toEqual([])
      }
    })

    it('G34 where nothing can be stored works from memory, and says so', async () => {
      // A sandboxed page has no origin of its own: IndexedDB, localStorage and locks refuse it.
      const page = { 'Content-Security-Policy': 'sandbox allow-scripts' }
      const { url, server } = await openWorld({ page })
      const [tab] = await openTabs(engine(), [url])
      expect(await tab.call('status')).toMatchObject({ status: 'signed-out' })

      await tab.call('signIn', 'ann')
      server.orders.expireNow()
      expect(await send(tab, 5)).toEqual(times(5, { status: 200, user: 'ann', generation: 2 }))
      await tab.call('signOut')
      expect(await send(tab)).toEqual([{ status: 401 }])

      expect(await tab.call('missing')).toEqual(['indexed-db', 'local-storage'])
      expect(await eventsOf(tab, 'store-failed')).toEqual([])
      expect(await reasonsOf(tab)).toEqual(['signed-out'])
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })

    it('G34 whose IndexedDB never answers holds requests for five seconds, and goes on from memory', async () => {
      const { url, server } = await openWorld({ pages: { '/silent.html': silentDatabase } })
      const tab = await engine().open(new URL('/silent.html', url).href)
      /** Does something, sends three requests, and gives what became of them and how long all of it took. */
      const trial = (first: string) =>
        tab.run<{ outcomes: unknown; tookMs: number }>(`
          const begun = performance.now()
          await ${first}
          await lab.send(3)
          const outcomes = await lab.settled()
          return { outcomes, tookMs: performance.now() - begun }`)

      const held = await trial('lab.open()')
      expect(held.outcomes).toEqual(times(3, { status: 401 }))
      expect(held.tookMs).toBeLessThan(deadlineMs + promptMs)

      const signedIn = await trial(`lab.signIn('ann')`)
      expect(signedIn.outcomes).toEqual(times(3, { status: 200, user: 'ann', generation: 1 }))
      server.orders.expireNow()
      const refreshed = await trial('undefined')
      expect(refreshed.outcomes).toEqual(times(3, { status: 200, user: 'ann', generation: 2 }))
      expect(Math.max(signedIn.tookMs, refreshed.tookMs)).toBeLessThan(promptMs)

      expect(await eventsOf(tab, 'store-failed')).not.toEqual([])
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })

    it('without BroadcastChannel tabs learn of one another when they come into view, or refresh', async () => {
      const { url, server } = await openWorld({ pages: { '/no-channel.html': noChannel } })
      const page = new URL('/no-channel.html', url).href
      const tabs = await openTabs(engine(), [page, page])
      const [one, two] = tabs
      await one.call('signIn', 'ann')
      expect(await two.call('status')).toMatchObject({ status: 'signed-out' })
      await comeIntoView(two)
      await active(two, 1)

      server.orders.expireNow()
      await one.call('refresh')
      expect(await two.call('status')).toMatchObject({ generation: 1 })
      expect(await send(two, 3)).toEqual(times(3, { status: 200, user: 'ann', generation: 2 }))

      await two.call('signOut')
      await comeIntoView(one)
      await signedOut(one)
      for (const tab of tabs) {
        expect(await tab.call('missing')).toEqual(['broadcast-channel'])
        expect(await reasonsOf(tab)).toEqual(['signed-out'])
      }
      await eventually(() => server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })
  })
}
