import { describe, expect, it } from 'vitest'

import type { Playground } from '../../../playground/start-playground.js'
import type { Engine, Tab } from '../harness/engine.js'
import { openPlayground } from '../harness/playground.js'
import { eventually } from './sharing.js'

type SideName = 'left' | 'right'

/** The numbers that a side shows, by their names. */
const shownBy = (tab: Tab, side: SideName): Promise<Readonly<Record<string, number>>> =>
  tab.run(`Object.fromEntries(
    [...document.querySelectorAll('[data-side=${side}] [data-count]')].map(
      (each) => [each.dataset.count, Number(each.textContent)]))`)

const stateOf = (tab: Tab): Promise<string> =>
  tab.run<string>(`(({ state, runs }) => state + ' ' + runs)(document.documentElement.dataset)`)

/** What a side shows of its server, as the server has it. */
export const countedBy = (playground: Playground, side: SideName) => {
  const { counts } = playground[side]
  return {
    refreshes: counts.refreshes,
    'turned-away': counts.turnedAway,
    served: counts.served,
    'reuse-detected': counts.reuseDetected,
    'families-revoked': counts.familiesRevoked,
  }
}

/** What any visitor sees, in any browser. */
export function describePlayground(engine: () => Engine): void {
  describe('the playground', () => {
    it('plays by itself: left its user is thrown out, right one refresh serves all, as the servers count it', async () => {
      const playground = await openPlayground()
      const tab = await engine().open(playground.url)
      await eventually(() => stateOf(tab)).toBe('idle 1')

      for (const side of ['left', 'right'] as const) {
        // What is known is drawn with the next frame.
        await eventually(() => shownBy(tab, side)).toMatchObject({
          sent: 20,
          waiting: 0,
          ...countedBy(playground, side),
        })
      }
      const [left, right] = [await shownBy(tab, 'left'), await shownBy(tab, 'right')]
      expect(left['refreshes']).toBeGreaterThan(1)
      expect(left['signed-out']).toBeGreaterThan(0)
      expect(left).toMatchObject({ 'families-revoked': 1 })
      expect(right).toMatchObject({ refreshes: 1, answered: 20, failed: 0, 'signed-out': 0 })
      expect(right).toMatchObject({ 'turned-away': 20, 'reuse-detected': 0, 'families-revoked': 0 })
    })
  })
}
