import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import { active, openTabs, reasonsOf, send, signedOut, signInAll, times } from './sharing.js'

const [first, second, third, fourth] = ['?tab=1', '?tab=2', '?tab=3', '?tab=4']

export function describeLocalStorage(engine: () => Engine): void {
  describe('tabs with keyValueStore on localStorage', () => {
    it('hear of sign-ins, refreshes and sign-outs in one another', async () => {
      const { url, server } = await openWorld()
      const tabs = await openTabs(engine(), [url, url], { store: 'key-value' })
      const [one, two] = tabs
      await signInAll(tabs)
      await one.call('refresh')
      await active(two, 2)
      expect(await send(two)).toEqual([{ status: 200, user: 'ann', generation: 2 }])
      await two.call('signOut')
      await signedOut(one)
      expect(await reasonsOf(one)).toEqual(['signed-out'])
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })

    it('move to browserStore all at once, and none loses the session', async () => {
      const { url, elsewhere, server } = await openWorld()
      const [before] = await openTabs(engine(), [url], { store: 'key-value' })
      await before.call('signIn', 'ann')
      await before.goto(elsewhere)
      server.orders.expireNow()

      const urls = [url + first, url + second, url + third, url + fourth] as const
      const tabs = await openTabs(engine(), urls, { moving: true })
      const outcomes = await Promise.all(tabs.map((tab) => send(tab, 3)))
      expect(outcomes.flat()).toEqual(times(12, { status: 200, user: 'ann', generation: 2 }))
      for (const tab of tabs) {
        expect(await reasonsOf(tab)).toEqual([])
        expect(await tab.run(`localStorage.getItem('auth')`)).toBeNull()
      }
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })
  })
}
