import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import {
  begin,
  cornerOf,
  newest,
  isSeen,
  laneTexts,
  openPanel,
  press,
  settled,
  startApp,
  status,
  textOf,
} from './panel.js'
import { eventually, times } from './sharing.js'

/** What each button and control of the panel does. */
export function describeButtons(engine: () => Engine): void {
  describe('the buttons of the panel', () => {
    it('refresh now: the server counts one refresh, and the panel shows the new generation', async () => {
      const { url, server } = await openWorld()
      const tab = await openPanel(engine(), url)
      await status(tab, 'Active')
      expect(await textOf(tab, 'generation')).toBe('generation 1')

      await press(tab, 'refresh')
      await eventually(() => textOf(tab, 'message')).toMatch(/^Refreshed: generation 2\b/)
      await eventually(() => textOf(tab, 'generation')).toBe('generation 2')
      expect(server.counts).toMatchObject({ refreshes: 1, refreshesGranted: 1 })
      expect(await newest(tab)).toMatch(/^Generation 2\b.*refresh\(\);.* refreshed here in \d+ ms$/)
    })

    it('expire now: the next requests are held, never turned away, and cause one refresh', async () => {
      const { url, server, holdAnswers } = await openWorld()
      const tab = await openPanel(engine(), url)
      await press(tab, 'expire')
      await status(tab, 'Expired')
      expect(server.counts.refreshes).toBe(0)

      const letGo = holdAnswers('/auth/refresh')
      await begin(tab, 3)
      await status(tab, 'Refreshing')
      await eventually(() => newest(tab)).toMatch(/holds 3 requests$/)
      expect(server.counts).toMatchObject({ served: 0, turnedAway: 0 })
      letGo()
      expect(await settled(tab)).toEqual(times(3, { status: 200, user: 'ann', generation: 2 }))

      await status(tab, 'Active')
      await eventually(() => newest(tab)).toMatch(
        /^Generation 2\b.*held 3 requests for .*; refreshed here in/,
      )
      await eventually(() => laneTexts(tab)).toEqual(
        [0, 1, 2].map((at) =>
          expect.stringMatching(
            new RegExp(`^GET /api/thing-${at}: held .*, sent .*generation 2 .*, answered$`),
          ),
        ),
      )
      expect(server.counts).toMatchObject({ refreshes: 1, served: 3, turnedAway: 0 })
    })

    it('sign out: the session ends here, says so, and what is then out of use does nothing', async () => {
      const { url, server } = await openWorld()
      const tab = await openPanel(engine(), url)
      await press(tab, 'sign-out')
      await status(tab, 'Signed out')
      await eventually(() => textOf(tab, 'ending')).toMatch(/^Signed out: .*signOut\(\)/)
      expect(await tab.run('app.session.status')).toBe('signed-out')
      expect(await tab.run('app.signedOut.map(({ reason }) => reason)')).toEqual(['signed-out'])

      const said = await textOf(tab, 'message')
      for (const part of ['sign-out', 'expire', 'refresh']) {
        await press(tab, part)
        expect(await textOf(tab, 'message'), part).toBe(said)
      }
      expect(server.counts.refreshes).toBe(0)
      expect(await tab.run('app.signedOut.length')).toBe(1)

      await tab.run('app.signIn()')
      await status(tab, 'Active')
      expect(await isSeen(tab, 'ending')).toBe(false)
      await press(tab, 'refresh')
      await eventually(() => server.counts.refreshes).toBe(1)
    })

    it('close, open and move: remembered over a reload, and apart for each name', async () => {
      const { url } = await openWorld()
      const tab = await openPanel(engine(), url, { mount: {} })
      expect([await isSeen(tab, 'panel'), await isSeen(tab, 'pill')]).toEqual([false, true])
      expect(await cornerOf(tab)).toBe('bottom-right')

      await press(tab, 'pill')
      expect([await isSeen(tab, 'panel'), await isSeen(tab, 'pill')]).toEqual([true, false])
      const corners = []
      for (let moves = 0; moves < 4; moves += 1) {
        await press(tab, 'move')
        corners.push(await cornerOf(tab))
      }
      expect(corners.sort()).toEqual(['bottom-left', 'bottom-right', 'top-left', 'top-right'])
      await press(tab, 'move')
      const moved = await cornerOf(tab)
      expect(moved).not.toBe('bottom-right')

      await tab.reload()
      await startApp(tab)
      await tab.run('void app.mount()')
      expect([await isSeen(tab, 'panel'), await cornerOf(tab)]).toEqual([true, moved])

      await press(tab, 'close')
      expect([await isSeen(tab, 'panel'), await isSeen(tab, 'pill')]).toEqual([false, true])
      await tab.reload()
      await startApp(tab)
      await tab.run('void app.mount({ open: true })')
      expect([await isSeen(tab, 'panel'), await cornerOf(tab)]).toEqual([false, moved])
      await tab.run(`void app.mount({ name: 'other', open: true })`)
      expect([await isSeen(tab, 'panel'), await cornerOf(tab)]).toEqual([true, 'bottom-right'])
    })

    it('taken away, it leaves nothing in the page, and the session goes on', async () => {
      const { url } = await openWorld()
      const tab = await openPanel(engine(), url)
      await tab.run('void app.unmount()')
      expect(await tab.run(`document.querySelector('unexpired-devtools')`)).toBeNull()
      await begin(tab, 1)
      expect(await settled(tab)).toEqual([{ status: 200, user: 'ann', generation: 1 }])
    })
  })
}
