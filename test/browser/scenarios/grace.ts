import { describe, expect, it } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import { allGoOn, inTheMiddle, refreshPath, served } from './middle.js'
import {
  eventsOf,
  eventually,
  fire,
  openSession,
  openTabs,
  outcomesOf,
  reasonsOf,
  signInAll,
  times,
} from './sharing.js'

const session = { refreshTimeoutMs: 30_000 }

/** As Okta has it: a refresh token that was used goes on for a while (milliseconds). */
const withGrace = { rotation: { graceMs: 30_000 } } as const

/** The ways in which a page goes while its refresh is under way at the server. */
const ways: Record<string, (tab: Tab) => Promise<void>> = {
  'was closed': (tab) => tab.close(),
  'was reloaded': (tab) => tab.reload(),
}

/** The server has spent the refresh token, and nobody has heard what came in its place. */
export function describeGrace(engine: () => Engine): void {
  describe('a refresh whose answer is lost after the server rotated', () => {
    it('G17 is made again within the grace, and the session lives on in all tabs', async () => {
      const { url, server } = await openWorld(withGrace)
      const tabs = await openTabs(engine(), [url, url, url, url], { session })
      await signInAll(tabs)
      server.orders.expireNow()
      server.orders.dropRefreshAnswer()

      expect(await fire(tabs, 5)).toEqual(times(20, served(3)))

      await allGoOn(tabs, server, 3)
      expect(server.counts).toMatchObject({ refreshes: 2, refreshesGranted: 2 })
      const tries = await Promise.all(tabs.map((tab) => eventsOf(tab, 'refreshed')))
      expect(tries.flat()).toMatchObject([{ tries: 2 }])
    })

    it.each(Object.entries(ways))(
      'G5 G17 is made again by the tab that waits, when its own %s',
      async (_, goAway) => {
        const { url, server, holdAnswers } = await openWorld(withGrace)
        const release = holdAnswers(refreshPath)
        const { refreshing, waiting } = await inTheMiddle(engine(), { url, server }, session)
        await eventually(() => server.counts.refreshesGranted).toBe(1)

        await goAway(refreshing)
        release()

        // The second generation was for a page that is not there any more.
        expect(await waiting.call('settled')).toEqual(times(5, served(3)))
        const fresh = await engine().open(url)
        await openSession(fresh, { session })
        await allGoOn([waiting, fresh], server, 3)
        expect(server.counts).toMatchObject({ refreshes: 2, refreshesGranted: 2 })
      },
    )

    it('G18 ends the session for all, once, as refused, on a server that knows no grace', async () => {
      const { url, server, holdAnswers } = await openWorld()
      const release = holdAnswers(refreshPath)
      const { refreshing, waiting } = await inTheMiddle(engine(), { url, server }, session)
      await eventually(() => server.counts.refreshesGranted).toBe(1)

      await refreshing.reload()
      await openSession(refreshing, { session })
      await refreshing.call('send', 5)
      release()

      const ended = { error: 'session-ended', reason: 'refused' }
      expect(await outcomesOf([refreshing, waiting])).toEqual(times(10, ended))
      for (const tab of [refreshing, waiting]) expect(await reasonsOf(tab)).toEqual(['refused'])
      expect(server.counts).toMatchObject({ refreshes: 2, reuseDetected: 1, familiesRevoked: 1 })
    })
  })
}
