import { describe, expect, it } from 'vitest'
import { useEngine } from './engine.js'
import type { EngineName } from './engine.js'
import { openWorld } from './world.js'

/** What every other test in an engine takes for granted. */
export function smokeTests(name: EngineName): void {
  describe(`two tabs in ${name}`, () => {
    const engine = useEngine(name)

    it('share a sign-in, and go on with the next generation after the first has expired', async () => {
      const { url, server } = await openWorld()
      const one = await engine().open(url)
      await one.call('open')
      await one.call('signIn', 'ann')
      const two = await engine().open(url)
      await two.call('open')
      await two.call('ready')

      server.orders.expireNow()
      const outcomes = []
      for (const tab of [one, two]) {
        await tab.call('send', 5)
        outcomes.push(...(await tab.call('settled')))
      }

      expect(outcomes).toHaveLength(10)
      for (const outcome of outcomes) {
        expect(outcome).toEqual({ status: 200, user: 'ann', generation: 2 })
      }
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })
  })
}
