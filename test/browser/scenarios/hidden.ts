import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import { allGoOn, served } from './middle.js'
import { active, eventsOf, eventually, openTabs, signInAll, times } from './sharing.js'

/** The timers of a hidden tab come once a second: after the first, hardly any time is left. */
const session = { refreshTimeoutMs: 1_000 }

/** What three such timers, one after the other, may come late (milliseconds). */
const throttledMs = 3_000

/** Tabs that nobody looks at: Chromium slows their timers down. */
export function describeHiddenTabs(engine: () => Engine): void {
  describe('a hidden tab', () => {
    it('G5 G9 ends a refresh that hangs in time, and the tab that is looked at goes on', async () => {
      const { url, server } = await openWorld()
      server.orders.hangRefresh()
      const tabs = await openTabs(engine(), [url, url], { session })
      const [refreshing, waiting] = tabs
      await signInAll(tabs)
      await waiting.show()
      server.orders.expireNow()
      await refreshing.call('send', 5)
      await eventually(() => server.counts.refreshes).toBe(1)
      await waiting.call('send', 5)
      expect(await refreshing.run('document.visibilityState')).toBe('hidden')

      expect(await waiting.call('settled')).toEqual(times(5, served(2)))

      // Whether it had time enough for a second try, or left that to the other.
      const unavailable = { error: 'refresh-unavailable', reason: 'timeout' }
      for (const outcome of await refreshing.call('settled')) {
        expect([served(2), unavailable]).toContainEqual(outcome)
      }
      const [started] = await eventsOf(refreshing, 'refresh-started')
      const last = (await eventsOf(refreshing, 'released')).at(-1)
      const tookMs = (last?.at ?? Infinity) - (started?.at ?? 0)
      expect(tookMs).toBeLessThan(2 * session.refreshTimeoutMs + throttledMs)
      expect(await eventsOf(waiting, 'turn-missed')).toEqual([])
      await active(refreshing, 2)
      await allGoOn([refreshing, waiting], server, 2)
      expect(server.counts.refreshes).toBe(2)
    })
  })
}
