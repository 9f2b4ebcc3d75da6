import { describe, expect, it } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import { begin, newest, openPanel, press, settled, status, textOf, turnedAway } from './panel.js'
import { eventually, times } from './sharing.js'

/** A tab in the background draws nothing: each is looked at in front. */
async function look<T>(tab: Tab, at: (tab: Tab) => Promise<T>): Promise<T> {
  await tab.show()
  return at(tab)
}

/** What the panel shows where several tabs share a session, and where it ended. */
export function describeSharing(engine: () => Engine): void {
  describe('the panels of two tabs', () => {
    it('show the same session, which of them refreshed, and the same end', async () => {
      const { url, server, holdAnswers } = await openWorld()
      const one = await openPanel(engine(), url)
      const two = await openPanel(engine(), url, { signIn: false })
      await look(two, (tab) => status(tab, 'Active'))
      expect(await textOf(two, 'generation')).toBe('generation 1')

      server.orders.expireNow()
      await one.show()
      // All are turned away before the refresh is over: none is late.
      const letGo = holdAnswers('/auth/refresh')
      await begin(one, 4)
      await turnedAway(one, 4)
      letGo()
      await settled(one)
      await eventually(() => textOf(one, 'generation')).toBe('generation 2')
      const label = /tab (\w+)/.exec(await textOf(one, 'header'))?.[1]
      expect(label).toMatch(/^\w{3}$/)
      expect(await newest(one)).toMatch(/^Generation 2\b.*refreshed here/)

      await look(two, (tab) => eventually(() => textOf(tab, 'generation')).toBe('generation 2'))
      await eventually(() => newest(two)).toMatch(
        new RegExp(`^Generation 2\\b.*refreshed by tab ${label}`),
      )
      await begin(two, 2)
      expect(await settled(two)).toEqual(times(2, { status: 200, user: 'ann', generation: 2 }))
      expect(server.counts.refreshes).toBe(1)

      await press(two, 'sign-out')
      for (const tab of [two, one]) {
        await look(tab, (each) => status(each, 'Signed out'))
        expect(await textOf(tab, 'ending')).toMatch(/^Signed out: .*signOut\(\)/)
      }
    })
  })

  describe('the panel of a session that ended', () => {
    it('says why, and what led there: turned away, refreshed, refused', async () => {
      const { url, server, holdAnswers } = await openWorld()
      const tab = await openPanel(engine(), url)
      server.orders.refuseRefresh()
      server.orders.expireNow()
      const letGo = holdAnswers('/auth/refresh')
      await begin(tab, 3)
      await turnedAway(tab, 3)
      letGo()
      await settled(tab)
      await status(tab, 'Signed out')
      const ending = (await textOf(tab, 'ending')).split('\n').filter((line) => line !== '')
      expect(ending[0]).toMatch(
        /^Signed out: the server refused the refresh.*, after 3 requests (?:were )?turned away$/,
      )
      expect(ending.slice(1).join('\n')).toMatch(
        /Signed in[^]*3 requests (?:were )?turned away[^]*refused/,
      )
    })

    it('is told by a panel that comes when all is over', async () => {
      const { url, server } = await openWorld()
      const tab = await openPanel(engine(), url)
      await tab.run('void app.unmount()')
      server.orders.refuseRefresh()
      server.orders.expireNow()
      await begin(tab, 1)
      await settled(tab)
      await tab.run('void app.mount({ open: true })')
      await status(tab, 'Signed out')
      expect(await textOf(tab, 'ending')).toMatch(
        /^Signed out: the server refused the refresh.*, after request #\d+ (?:was )?turned away/,
      )
    })
  })
}
