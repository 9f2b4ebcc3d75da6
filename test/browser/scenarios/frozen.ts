import { describe, expect, it } from 'vitest'

import type { TokenServerOptions } from 'unexpired/testing'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import type { World } from '../harness/world.js'
import {
  allGoOn,
  deafPages,
  deafUrl,
  inTheMiddle,
  refreshPath,
  served,
  tookOver,
} from './middle.js'
import { eventsOf, eventually, outcomesOf, reasonsOf, times } from './sharing.js'

/** Short, for the turn is waited for twice that and 15 s more; but none ends before it is frozen. */
const session = { refreshTimeoutMs: 1_500 }

const turnWaitMs = 2 * session.refreshTimeoutMs + 15_000

/** Beyond that wait, on a busy machine (milliseconds). */
const slackMs = 4_000

/** Whether the frozen tab's refresh has spent its token at the server. */
type Fate = 'hangs' | 'is granted'

/** A tab is frozen in the middle of its refresh, and another waits for as long as it does. */
async function freezeOne(engine: Engine, options: TokenServerOptions, fate: Fate) {
  const world = await openWorld({ ...options, pages: deafPages })
  const { server } = world
  const release = world.holdAnswers(refreshPath)
  if (fate === 'hangs') server.orders.hangRefresh()
  // Where both have got tokens, and nothing tells it of the other's, only its own commit can.
  const url = fate === 'hangs' ? world.url : deafUrl(world.url)
  const waitingUrl = world.url
  const tabs = await inTheMiddle(engine, { url, waitingUrl, server }, session)
  const { refreshing, waiting } = tabs
  await refreshing.run(`document.addEventListener('freeze', () => { window.wasFrozen = true })`)
  await refreshing.freeze?.()
  release()
  return { world, ...tabs, settled: waiting.call('settled') }
}

const refreshed = ({ server }: World): Promise<void> =>
  eventually(() => server.counts.refreshesGranted).toBe(1)

/** What only Chromium can be made to do: a page's process ends, or all that it does stands still. */
export function describeStoppedHolders(engine: () => Engine): void {
  describe('the tab that refreshes', () => {
    it('G5 crashes, and the next one goes on at once', async () => {
      const { url, server } = await openWorld()
      server.orders.hangRefresh()
      const { refreshing, waiting } = await inTheMiddle(
        engine(),
        { url, server },
        {
          refreshTimeoutMs: 30_000,
        },
      )

      const since = Date.now()
      await refreshing.crash?.()

      await tookOver(waiting, server, since)
      await allGoOn([waiting], server, 2)
      expect(server.counts.refreshes).toBe(2)
    })

    it('G5 G6 G18 is frozen, and the next one goes on without its turn when it has waited long enough', async () => {
      // Three such pairs at a time: it is all waiting.
      const unspent = await freezeOne(engine(), {}, 'hangs')
      const grace = await freezeOne(engine(), { rotation: { graceMs: 60_000 } }, 'is granted')
      const strict = await freezeOne(engine(), {}, 'is granted')
      await Promise.all([refreshed(grace.world), refreshed(strict.world)])

      // Its refresh had not reached the server, or a second one is forgiven.
      expect(await unspent.settled).toEqual(times(5, served(2)))
      expect(await grace.settled).toEqual(times(5, served(3)))
      for (const { waiting, refreshing, world } of [unspent, grace]) {
        const [missed, ...more] = await eventsOf(waiting, 'turn-missed')
        expect(missed?.['waitedMs']).toBeGreaterThanOrEqual(turnWaitMs - 10)
        expect(missed?.['waitedMs']).toBeLessThan(turnWaitMs + slackMs)
        expect(more).toEqual([])

        await refreshing.thaw?.()
        const generation = world === grace.world ? 3 : 2
        expect(await refreshing.call('settled')).toEqual(times(5, served(generation)))
        expect(await refreshing.run('wasFrozen')).toBe(true)
        await allGoOn([refreshing, waiting], world.server, generation)
        expect(world.server.counts.refreshes).toBe(2)
        // They share one session still.
        world.server.orders.expireNow()
        await Promise.all([refreshing.call('send', 5), waiting.call('send', 5)])
        expect(await outcomesOf([refreshing, waiting])).toEqual(times(10, served(generation + 1)))
        await allGoOn([refreshing, waiting], world.server, generation + 1)
        expect(world.server.counts.refreshes).toBe(3)
      }

      // Nothing saves a family whose token was spent twice: the session ends, once in each tab.
      const { waiting, refreshing, settled, world } = strict
      const ended = { error: 'session-ended', reason: 'refused' }
      expect(await settled).toEqual(times(5, ended))
      await refreshing.thaw?.()
      expect(await refreshing.call('settled')).toEqual(times(5, ended))
      for (const tab of [refreshing, waiting]) expect(await reasonsOf(tab)).toEqual(['refused'])
      expect(world.server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 1 })
    })
  })
}
