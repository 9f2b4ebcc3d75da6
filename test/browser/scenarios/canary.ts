import { describe, expect, it } from 'vitest'

import { places } from '../../canary/places.js'
import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import type { Shown } from '../page/show.js'
import { eventually, openTabs } from './sharing.js'
import { readRecord } from './slots.js'

const shown: readonly Shown[] = ['error', 'event', 'console', 'message', 'storage']

export function describeCanary(engine: () => Engine): void {
  describe('the canary in a page, and in workers beside it', () => {
    it('G40 finds a piece of a token in all that they show, and nothing where there is none', async () => {
      const world = await openWorld()
      const [page] = await openTabs(engine(), [world.url])
      await page.call('signIn', 'ann')
      for (const kind of ['dedicated', 'shared'] as const) {
        await page.call('worker', kind, 'open')
        await page.call('worker', kind, 'ready')
      }
      const { tokens } = await readRecord(page)
      // Too little to be known by its form.
      const piece = tokens?.accessToken?.slice(-12) ?? ''
      for (const where of shown) {
        await page.call('show', where, 'nothing to be seen here')
        await page.call('worker', 'shared', 'show', where, 'nothing to be seen here')
      }
      expect(world.takeLeaks()).toEqual([])

      for (const where of shown) {
        const text = `see ${piece} there`
        await page.call('show', where, text)
        await page.call('worker', 'dedicated', 'show', where, text)
        await page.call('worker', 'shared', 'show', where, text)
        const told: string[] = []
        await eventually(() => told.push(...world.takeLeaks())).toBe(3)
        for (const leak of told) {
          expect(leak).toContain(`a token is in ${places[where]}: `)
          expect(leak).toMatch(/see \[TOKEN, 12 characters\] there/)
        }
      }
    })
  })
}
