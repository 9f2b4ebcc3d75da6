import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import { cornerOf, focused, goTo, isSeen, openPanel, status, textOf } from './panel.js'
import { eventually } from './sharing.js'

/** The panel without a mouse. */
export function describeKeys(engine: () => Engine): void {
  describe('the panel by keyboard alone', () => {
    it('is opened, goes to each button and back, does what they say, and is closed by Escape', async () => {
      const { url, server } = await openWorld()
      const tab = await openPanel(engine(), url, { mount: {} })
      await goTo(tab, 'pill')
      await tab.press('Enter')
      expect([await isSeen(tab, 'panel'), await isSeen(tab, 'pill')]).toEqual([true, false])
      await eventually(() => focused(tab)).toBe('close')

      await goTo(tab, 'refresh')
      await tab.press('Space')
      await eventually(() => textOf(tab, 'generation')).toBe('generation 2')
      expect(server.counts.refreshes).toBe(1)
      await goTo(tab, 'expire')
      await tab.press('Enter')
      await status(tab, 'Expired')
      // A button that is out of use now keeps the focus.
      expect(await focused(tab)).toBe('expire')

      await goTo(tab, 'move', 'Shift+Tab')
      const before = await cornerOf(tab)
      await tab.press('Enter')
      expect(await cornerOf(tab)).not.toBe(before)
      expect(await focused(tab)).toBe('move')

      await goTo(tab, 'sign-out')
      await tab.press('Enter')
      await status(tab, 'Signed out')

      await tab.press('Escape')
      expect([await isSeen(tab, 'panel'), await isSeen(tab, 'pill')]).toEqual([false, true])
      await eventually(() => focused(tab)).toBe('pill')
      await tab.press('Enter')
      await goTo(tab, 'close')
      await tab.press('Space')
      expect(await isSeen(tab, 'panel')).toBe(false)
    })

    it('does not keep the focus: Tab goes on into the page, and the panel takes no key of the page', async () => {
      const { url } = await openWorld()
      const tab = await openPanel(engine(), url)
      await tab.run(`void document.querySelector('#own').focus()`)
      await tab.press('Escape')
      expect(await isSeen(tab, 'panel')).toBe(true)
      await goTo(tab, 'refresh')
      await goTo(tab, 'own', 'Shift+Tab')
    })
  })
}
