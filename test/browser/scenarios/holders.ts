import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import {
  allGoOn,
  deafPages,
  deafUrl,
  inTheMiddle,
  leave,
  pendingLocks,
  refreshPath,
  served,
  tookOver,
} from './middle.js'
import { eventually, openSession, outcomesOf, times } from './sharing.js'

/** Nothing here may last until its timeout: it is ended before, by what happens. */
const session = { refreshTimeoutMs: 30_000 }

/** One of two tabs goes away in the middle of a refresh, on a server that forgives no second use. */
export function describeHolders(engine: () => Engine): void {
  // Its refresh hangs, and has spent no token yet: see grace.ts for one that has.
  describe('the tab that refreshes', () => {
    it('G5 is closed, and the next one goes on at once', async () => {
      const { url, server } = await openWorld()
      server.orders.hangRefresh()
      const { refreshing, waiting } = await inTheMiddle(engine(), { url, server }, session)

      const since = Date.now()
      await refreshing.close()

      await tookOver(waiting, server, since)
      await allGoOn([waiting], server, 2)
      expect(server.counts.refreshes).toBe(2)
    })

    it('G5 is reloaded, and finds what the next one got at once', async () => {
      const { url, server } = await openWorld()
      server.orders.hangRefresh()
      const { refreshing, waiting } = await inTheMiddle(engine(), { url, server }, session)

      const since = Date.now()
      await refreshing.reload()

      await tookOver(waiting, server, since)
      await openSession(refreshing, { session })
      await allGoOn([refreshing, waiting], server, 2)
      expect(server.counts.refreshes).toBe(2)
    })

    it('G5 goes elsewhere, and finds what the next one got at once when it comes back', async () => {
      const { url, elsewhere, server } = await openWorld()
      server.orders.hangRefresh()
      const { refreshing, waiting } = await inTheMiddle(engine(), { url, server }, session)

      const since = Date.now()
      const comeBack = await leave(refreshing, elsewhere)
      await tookOver(waiting, server, since)

      // Kept by the engine, it still has the requests that waited.
      if (await comeBack()) expect(await refreshing.call('settled')).toEqual(times(5, served(2)))
      else await openSession(refreshing, { session })
      await allGoOn([refreshing, waiting], server, 2)
      expect(server.counts.refreshes).toBe(2)
    })
  })

  describe('the tab that waits for its turn', () => {
    it('G4 reads the store again when it has it, and refreshes nothing', async () => {
      const { url, server, holdAnswers } = await openWorld({ pages: deafPages })
      const release = holdAnswers(refreshPath)
      const waitingUrl = deafUrl(url)
      const tabs = await inTheMiddle(engine(), { url, waitingUrl, server }, session)
      const { refreshing, waiting } = tabs

      release()

      expect(await outcomesOf([refreshing, waiting])).toEqual(times(10, served(2)))
      await allGoOn([refreshing, waiting], server, 2)
      expect(server.counts.refreshes).toBe(1)
    })

    it('G4 is reloaded, and refreshes nothing', async () => {
      const { url, server, holdAnswers } = await openWorld()
      const release = holdAnswers(refreshPath)
      const { refreshing, waiting } = await inTheMiddle(engine(), { url, server }, session)

      await waiting.reload()
      await openSession(waiting, { session })
      await waiting.call('send', 5)
      release()

      expect(await outcomesOf([refreshing, waiting])).toEqual(times(10, served(2)))
      await allGoOn([refreshing, waiting], server, 2)
      expect(server.counts.refreshes).toBe(1)
    })

    it('G4 goes elsewhere and comes back, and refreshes nothing', async () => {
      const { url, elsewhere, server, holdAnswers } = await openWorld()
      const release = holdAnswers(refreshPath)
      const { refreshing, waiting } = await inTheMiddle(engine(), { url, server }, session)

      const comeBack = await leave(waiting, elsewhere)
      if (!(await comeBack())) {
        await openSession(waiting, { session })
        await waiting.call('send', 5)
      }
      // It waits as before: by now a turn that it had thought to be lost would have been used.
      await eventually(() => pendingLocks(refreshing)).toBe(1)
      release()

      expect(await outcomesOf([refreshing, waiting])).toEqual(times(10, served(2)))
      await allGoOn([refreshing, waiting], server, 2)
      expect(server.counts.refreshes).toBe(1)
    })
  })
}
