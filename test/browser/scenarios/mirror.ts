import { describe, expect, it } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import { active, eventsOf, eventually, openSession, openTabs, send, signedOut } from './sharing.js'
import { readRecord } from './slots.js'

const mirrorOf = (tab: Tab) => tab.run<unknown>(`JSON.parse(localStorage.getItem('auth'))`)

export function describeMirror(engine: () => Engine): void {
  describe('the mirror in localStorage', () => {
    it('is a copy of the record after a sign-in and after the refresh of any tab, and goes at sign-out', async () => {
      const { url, server } = await openWorld()
      const [mirroring] = await openTabs(engine(), [url], { mirror: true })
      const [other] = await openTabs(engine(), [url])

      await mirroring.call('signIn', 'ann')
      expect(await readRecord(mirroring)).toMatchObject({ generation: 1 })
      await eventually(() => mirrorOf(mirroring)).toEqual(await readRecord(mirroring))

      await active(other, 1)
      await other.call('refresh')
      expect(await readRecord(mirroring)).toMatchObject({ generation: 2 })
      await eventually(() => mirrorOf(mirroring)).toEqual(await readRecord(mirroring))

      await other.call('signOut')
      await signedOut(mirroring)
      await eventually(() => mirroring.run(`localStorage.getItem('auth')`)).toBeNull()
      expect(await eventsOf(mirroring, 'store-degraded')).toEqual([])
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })

    it('is never read: what somebody writes there changes nothing', async () => {
      const { url, server } = await openWorld()
      const [tab] = await openTabs(engine(), [url], { mirror: true })
      await tab.call('signIn', 'bob')
      const ofBob = await readRecord(tab)
      await tab.call('signIn', 'ann')
      const record = await readRecord(tab)

      const forged = [
        JSON.stringify({ ...ofBob, sessionId: record.sessionId, generation: 99 }),
        JSON.stringify({ ...record, generation: 99, tokens: undefined }),
        '{"version":1,"sess',
      ]
      for (const text of forged) {
        await tab.run(`localStorage.setItem('auth', ${JSON.stringify(text)})`)
        await tab.run(`void dispatchEvent(new StorageEvent('storage', { key: 'auth' }))`)
        expect(await send(tab)).toEqual([{ status: 200, user: 'ann', generation: 1 }])
        await tab.reload()
        await openSession(tab, { mirror: true })
        expect(await send(tab)).toEqual([{ status: 200, user: 'ann', generation: 1 }])
        expect(await readRecord(tab)).toEqual(record)
      }
      expect(server.counts.refreshes).toBe(0)
    })
  })
}
