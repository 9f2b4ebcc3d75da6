import { describe, expect, it } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import type { World } from '../harness/world.js'
import {
  eventsOf,
  eventually,
  fire,
  openTabs,
  patchedPage,
  send,
  signInAll,
  times,
} from './sharing.js'
import { putSlot, readSlot } from './slots.js'

/** A clock that is wrong by so much (milliseconds). */
const wrongClock = (byMs: number): string =>
  `const rightNow = Date.now; Date.now = () => rightNow() + ${byMs};`

/** A page that ends as one whose process crashed: nothing in it hears of it. */
const hearsNoEnd = `addEventListener('pagehide', (event) => event.stopImmediatePropagation(), true);`

/** A lease lasts as long as a waiter waits: twice this, and 15 s for the store. */
const session = { refreshTimeoutMs: 2_000 }
const leaseMs = 2 * session.refreshTimeoutMs + 15_000

/** When a lease ends that nobody gives back, in these tests (milliseconds). */
const soonMs = 2_500

/** Between two looks at a lease, in a hidden tab of a busy machine (milliseconds). */
const marginMs = 6_000

const dayMs = 86_400_000

/** How often tokens expire at the same moment in four tabs. */
const rounds = 5

const pages = {
  // Its lease ends, by everybody else's clock, so soon after it has begun.
  '/early.html': patchedPage(wrongClock(soonMs - leaseMs)),
  '/crashing-early.html': patchedPage(hearsNoEnd + wrongClock(soonMs - leaseMs)),
  '/crashing.html': patchedPage(hearsNoEnd),
  '/set-back.html': patchedPage(wrongClock(-dayMs)),
}

const pathTo = (path: string, { insecureUrl }: World): string => new URL(path, insecureUrl).href

/** The holder has the turn, and is refreshing. */
async function takeTurn(holder: Tab, { server }: World): Promise<void> {
  server.orders.expireNow()
  server.orders.hangRefresh()
  await holder.call('send', 1)
  await eventually(() => server.counts.refreshes).toBe(1)
}

export function describeLease(engine: () => Engine): void {
  describe('tabs of plain http, which has no Web Locks', () => {
    it('G1 refresh once for all of them, by a lease, and say so', async () => {
      const world = await openWorld({ pages })
      const { server, insecureUrl: page } = world
      const tabs = await openTabs(engine(), [page, page, page, page])
      expect(await tabs[0].run('typeof navigator.locks')).toBe('undefined')
      await signInAll(tabs)

      for (let round = 1; round <= rounds; round += 1) {
        server.orders.expireNow()
        const served = { status: 200, user: 'ann', generation: round + 1 }
        expect(await fire(tabs, 10)).toEqual(times(40, served))
        expect(server.counts).toMatchObject({ refreshes: round, maxConcurrentRefreshes: 1 })
      }
      for (const tab of tabs) expect(await tab.call('missing')).toEqual(['web-locks'])
      expect(server.counts.familiesRevoked).toBe(0)
      // It is given back a moment after the last request has left.
      await eventually(() => readSlot(tabs[0], 'turn/auth')).toBeNull()
    })

    it.each(['close', 'reload'] as const)(
      'G5 get the turn when its holder goes away in the middle (%s)',
      async (how) => {
        const world = await openWorld({ pages })
        const { server, insecureUrl } = world
        const holding = pathTo('/early.html', world)
        const tabs = await openTabs(engine(), [holding, insecureUrl], { session })
        const [holder, waiter] = tabs
        await signInAll(tabs)
        await takeTurn(holder, world)

        await waiter.call('send', 3)
        const begun = performance.now()
        await holder[how]()
        expect(await waiter.call('settled')).toEqual(
          times(3, { status: 200, user: 'ann', generation: 2 }),
        )
        // At once, as a rule; but nobody promises that the last words of a page are heard.
        expect(performance.now() - begun).toBeLessThan(soonMs + marginMs)
        expect(await eventsOf(waiter, 'turn-missed')).toEqual([])
        expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
      },
    )

    // The browser's own event, heard in time or not, is above.
    it.each([
      ['give the turn back when they are told that they go for good', false],
      ['keep the turn while they may come back', true],
    ])('G5 %s', async (_, persisted) => {
      const world = await openWorld({ pages })
      const { server, insecureUrl } = world
      const tabs = await openTabs(engine(), [insecureUrl, insecureUrl], {
        // Long enough to look at what happens while it refreshes.
        session: { refreshTimeoutMs: 30_000 },
      })
      const [holder, waiter] = tabs
      await signInAll(tabs)
      await takeTurn(holder, world)
      const lease = await readSlot(waiter, 'turn/auth')
      await holder.run(
        `void dispatchEvent(new PageTransitionEvent('pagehide', { persisted: ${persisted} }))`,
      )
      // What is written now comes after whatever the page did when it heard.
      await putSlot(holder, 'marker', '1')
      expect(await readSlot(waiter, 'turn/auth')).toBe(persisted ? lease : null)
      expect(await holder.call('status')).toMatchObject({ status: 'refreshing' })
      expect(server.counts.familiesRevoked).toBe(0)
      server.orders.clear()
    })

    it.each([
      ['by its end', '/crashing-early.html', '/lab.html'],
      ['at once, where the clock was set back a day meanwhile', '/crashing.html', '/set-back.html'],
    ] as const)('G5 get the turn of one that crashed %s', async (_, crashing, waiting) => {
      const world = await openWorld({ pages })
      const { server } = world
      const paths = [pathTo(crashing, world), pathTo(waiting, world)] as const
      const tabs = await openTabs(engine(), paths, { session })
      const [holder, waiter] = tabs
      await signInAll(tabs)
      await takeTurn(holder, world)
      await holder.close()
      expect(await readSlot(waiter, 'turn/auth')).not.toBeNull()

      const served = times(3, { status: 200, user: 'ann', generation: 2 })
      const begun = performance.now()
      expect(await send(waiter, 3)).toEqual(served)
      expect(await eventsOf(waiter, 'turn-missed')).toEqual([])
      expect(performance.now() - begun).toBeLessThan(soonMs + marginMs)
      expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
    })
  })
}
