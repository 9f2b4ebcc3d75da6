import { describe, expect, it, onTestFinished } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import type { World } from '../harness/world.js'
import {
  active,
  comeIntoView,
  dispatch,
  eventsOf,
  eventually,
  openTabs,
  reasonsOf,
  refreshOutcome,
  send,
  signInAll,
  times,
} from './sharing.js'
import { putRecord, readRecord } from './slots.js'

/** A cool-down that no test waits for (seconds). */
const retryAfter = 300

const unavailable = (reason: string) => ({ error: 'refresh-unavailable', reason })

/** The network of all tabs, with the browser's own switch where there is one. */
async function setOffline(engine: Engine, world: World, offline: boolean): Promise<void> {
  if (offline) world.unplug()
  else world.plugIn()
  await engine.setOffline?.(offline)
}

/** Makes tabs need a refresh which the server puts off for longer than any test lasts. */
async function coolDown(tabs: readonly Tab[], { server }: World): Promise<void> {
  server.orders.expireNow()
  for (const tab of tabs) {
    server.orders.failRefresh({ status: 503, retryAfter })
    expect(await send(tab)).toEqual([unavailable('server')])
    expect(await send(tab)).toEqual([unavailable('server')])
  }
}

export function describeNetwork(engine: () => Engine): void {
  describe('a session whose network comes and goes', () => {
    it('G38 survives being offline, and asks again as soon as it is online', async () => {
      const world = await openWorld()
      const { server, url } = world
      const tabs = await openTabs(engine(), [url, url])
      await signInAll(tabs)
      await coolDown(tabs, world)

      await setOffline(engine(), world, true)
      onTestFinished(() => engine().setOffline?.(false))
      expect(await Promise.all(tabs.map(refreshOutcome))).toEqual(
        times(2, 'refresh-unavailable network'),
      )
      expect(await send(tabs[0])).toEqual([unavailable('network')])
      for (const tab of tabs) {
        expect(await tab.call('status')).toMatchObject({ status: 'active', generation: 1 })
      }
      expect(server.counts.refreshes).toBe(2)

      await setOffline(engine(), world, false)
      if (!engine().setOffline) await Promise.all(tabs.map((tab) => dispatch(tab, 'online')))
      for (const tab of tabs) {
        expect(await send(tab, 3)).toEqual(times(3, { status: 200, user: 'ann', generation: 2 }))
        expect(await reasonsOf(tab)).toEqual([])
      }
      expect(server.counts).toMatchObject({ refreshes: 3, familiesRevoked: 0 })
    })

    it('G38 asks again when a tab hears that it is in view, and a success there ends the cool-down of the others', async () => {
      const world = await openWorld()
      const { server, url } = world
      const tabs = await openTabs(engine(), [url, url])
      const [seen, hidden] = tabs
      await signInAll(tabs)
      await coolDown(tabs, world)

      await comeIntoView(seen)
      const served = { status: 200, user: 'ann', generation: 2 }
      expect(await send(seen, 3)).toEqual(times(3, served))
      await active(hidden, 2)
      expect(await send(hidden, 3)).toEqual(times(3, served))
      expect(server.counts).toMatchObject({ refreshes: 3, familiesRevoked: 0 })
    })

    it('G38 reads the store again after everything during which a page may have missed something', async () => {
      const { url } = await openWorld()
      const [tab] = await openTabs(engine(), [url])
      await tab.call('signIn', 'ann')

      for (const [type, on] of [
        ['online', 'window'],
        ['pageshow', 'window'],
        ['resume', 'document'],
      ] as const) {
        const record = await readRecord(tab)
        const { generation } = record
        await putRecord(tab, { ...record, generation: generation + 1 })
        expect(await tab.call('status')).toMatchObject({ generation })
        await dispatch(tab, type, on)
        await active(tab, generation + 1)
      }
      await eventually(() => eventsOf(tab, 'adopted')).toHaveLength(3)
    })
  })
}
