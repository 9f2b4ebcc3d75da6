import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import type { World } from '../harness/world.js'
import {
  active,
  eventsOf,
  eventually,
  gatedPage,
  openGates,
  openSession,
  openTabs,
  reasonsOf,
  send,
  shutGates,
  signedOut,
  signInAll,
  times,
} from './sharing.js'
import { putRecord, readRecord } from './slots.js'

const deafGatedPage = gatedPage.replace('<script>', '<script>delete window.BroadcastChannel;')

/** A world with pages that have a gate, and one that hears nothing of other tabs besides. */
async function openGatedWorld(): Promise<World & { gated: string; deaf: string }> {
  const pages = { '/gated.html': gatedPage, '/deaf.html': deafGatedPage }
  const world = await openWorld({ pages })
  const to = (path: string) => new URL(path, world.url).href
  return { ...world, gated: to('/gated.html'), deaf: to('/deaf.html') }
}

export function describeSessions(engine: () => Engine): void {
  describe('a session that several tabs share', () => {
    it('G18 begins, is refreshed and ends in one tab, and every other is told once', async () => {
      const { url, server } = await openWorld()
      const tabs = await openTabs(engine(), [url, url, url])
      const [one, two, three] = tabs

      await signInAll(tabs)
      await one.call('refresh')
      await Promise.all([active(two, 2), active(three, 2)])
      expect(await send(two)).toEqual([{ status: 200, user: 'ann', generation: 2 }])
      await one.call('signOut')
      await Promise.all([signedOut(two), signedOut(three)])
      // When this one has come, nothing of before is still on its way.
      await signInAll(tabs)

      const told = new Set(['signed-in', 'adopted', 'refreshed', 'signed-out'])
      const other = ['signed-in store', 'adopted store', 'signed-out', 'signed-in store']
      for (const [tab, expected] of [
        [one, ['signed-in app', 'refreshed', 'signed-out', 'signed-in app']],
        [two, other],
        [three, other],
      ] as const) {
        const events = (await tab.call('events')).filter(({ type }) => told.has(type))
        const said = events.map(({ type, from }) => [type, from].join(' ').trim())
        expect(said).toEqual(expected)
        expect(await reasonsOf(tab)).toEqual(['signed-out'])
      }
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })

    it.each([
      ['and hears of it at once', 'gated'],
      ['and does not hear of it', 'deaf'],
    ] as const)('G23 ends when one tab signs out while another refreshes, %s', async (_, page) => {
      const { [page]: refreshing, url, server } = await openGatedWorld()
      const tabs = await openTabs(engine(), [url, refreshing])
      const [leaver, refresher] = tabs
      await leaver.call('signIn', 'ann')
      await openSession(refresher)
      await shutGates([refresher])
      server.orders.expireNow()

      await refresher.call('send', 3)
      await eventually(() => server.counts.refreshesGranted).toBe(1)
      await leaver.call('signOut')
      if (page === 'gated') await signedOut(refresher)
      await openGates([refresher])

      const ended = { error: 'session-ended', reason: 'signed-out' }
      expect(await refresher.call('settled')).toEqual(times(3, ended))
      for (const tab of tabs) {
        await signedOut(tab)
        expect(await reasonsOf(tab)).toEqual(['signed-out'])
        expect(await send(tab)).toEqual([{ status: 401 }])
      }
      for (const tab of tabs) {
        await tab.reload()
        await openSession(tab)
        expect(await tab.call('status')).toMatchObject({ status: 'signed-out' })
      }
      expect(await readRecord(leaver)).not.toHaveProperty('tokens')
      expect(server.counts.refreshes).toBe(1)
    })

    it('G24 never sends what was held in it with the tokens of the next user', async () => {
      const { gated, server } = await openGatedWorld()
      const tabs = await openTabs(engine(), [gated, gated])
      const [one, two] = tabs
      await signInAll(tabs)
      const { sessionId } = await one.call('status')
      await shutGates(tabs)
      server.orders.expireNow()

      await two.call('send', 5)
      await eventually(() => server.counts.refreshesGranted).toBe(1)
      await two.call('send', 5)
      await one.call('signIn', 'bob')

      const ended = { error: 'session-ended', reason: 'replaced' }
      expect(await two.call('settled')).toEqual(times(10, ended))
      await openGates(tabs)
      const ofBob = server.requests.filter(({ kind, user }) => kind === 'api' && user === 'bob')
      expect(ofBob).toEqual([])
      for (const tab of tabs) {
        expect(await send(tab)).toEqual([{ status: 200, user: 'bob', generation: 1 }])
        expect(await tab.call('signedOut')).toEqual([{ reason: 'replaced', sessionId }])
        expect(await eventsOf(tab, 'signed-out')).toHaveLength(1)
      }
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })

    it('G18 ends once in each tab, as refused, when one of them is refused', async () => {
      const { gated, server } = await openGatedWorld()
      const tabs = await openTabs(engine(), [gated, gated, gated])
      await signInAll(tabs)
      await shutGates(tabs)
      server.orders.expireNow()
      server.orders.refuseRefresh()

      for (const tab of tabs) await tab.call('send', 5)
      for (const tab of tabs) await eventually(() => eventsOf(tab, 'held')).toHaveLength(5)
      await eventually(() => server.counts.refreshesRefused).toBe(1)
      await openGates(tabs)

      const ended = { error: 'session-ended', reason: 'refused' }
      for (const tab of tabs) {
        expect(await tab.call('settled')).toEqual(times(5, ended))
        expect(await tab.call('status')).toMatchObject({ status: 'signed-out' })
        expect(await reasonsOf(tab)).toEqual(['refused'])
        expect(await eventsOf(tab, 'signed-out')).toHaveLength(1)
      }
      expect(await readRecord(tabs[0])).toMatchObject({ reason: 'refused' })
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })

    it('G16 lives on in a tab that was refused when another has newer tokens', async () => {
      const { gated, server } = await openGatedWorld()
      const tabs = await openTabs(engine(), [gated, gated])
      const [one, two] = tabs
      await signInAll(tabs)
      const record = await readRecord(one)
      await shutGates([two])
      server.orders.expireNow()
      server.orders.refuseRefresh()

      await two.call('send', 5)
      await eventually(() => server.counts.refreshesRefused).toBe(1)
      // As a page does that takes no turns; nobody is told either.
      const tokens = await one.run<NonNullable<typeof record.tokens>>(`fetch('/auth/refresh', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ refreshToken: '${record.tokens?.refreshToken}' }),
      }).then((answer) => answer.json())`)
      await putRecord(one, { ...record, generation: 2, tokens })
      await openGates([two])

      const served = { status: 200, user: 'ann', generation: 2 }
      expect(await two.call('settled')).toEqual(times(5, served))
      expect(await send(one)).toEqual([served])
      for (const tab of tabs) {
        expect(await eventsOf(tab, 'adopted')).toHaveLength(1)
        expect(await reasonsOf(tab)).toEqual([])
      }
      expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
    })
  })
}
