import { describe, expect, it } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import type { WorkerKind } from '../page/lab.js'
import { active, eventually, openTabs, send, signedOut, times } from './sharing.js'

const kinds: readonly WorkerKind[] = ['dedicated', 'shared']

const generationOf = (tab: Tab, kind: WorkerKind) =>
  eventually(() => tab.call('worker', kind, 'status')).toMatchObject

export function describeWorkers(engine: () => Engine): void {
  describe('workers beside a page', () => {
    it('G1 G18 share the session with it: one refresh for all of them, and one end', async () => {
      // So slow that whoever does not wait for the others has begun its own meanwhile.
      const { url, server } = await openWorld({ latency: { refresh: 150 } })
      const [page] = await openTabs(engine(), [url])
      const both = <T>(work: (kind: WorkerKind) => Promise<T>) => Promise.all(kinds.map(work))
      await both((kind) => page.call('worker', kind, 'open'))

      await page.call('signIn', 'ann')
      await both((kind) => generationOf(page, kind)({ status: 'active', generation: 1 }))

      for (const generation of [2, 3, 4]) {
        server.orders.expireNow()
        await both((kind) => page.call('worker', kind, 'armed', 10))
        await page.call('armed', 10)
        await page.call('go')
        const served = times(10, { status: 200, user: 'ann', generation })
        expect(await page.call('settled')).toEqual(served)
        expect(await both((kind) => page.call('worker', kind, 'settled'))).toEqual([served, served])
      }
      expect(server.counts).toMatchObject({ refreshes: 3, familiesRevoked: 0 })

      const { sessionId } = await page.call('status')
      await page.call('worker', 'shared', 'signOut')
      await signedOut(page)
      await generationOf(page, 'dedicated')({ status: 'signed-out' })
      const told = [{ reason: 'signed-out', sessionId }]
      expect(await page.call('signedOut')).toEqual(told)
      expect(await both((kind) => page.call('worker', kind, 'signedOut'))).toEqual([told, told])
      expect(await send(page)).toEqual([{ status: 401 }])

      await page.call('worker', 'shared', 'signIn', 'bob')
      await generationOf(page, 'dedicated')({ status: 'active', generation: 1 })
      await active(page, 1)
      expect(await send(page)).toEqual([{ status: 200, user: 'bob', generation: 1 }])
    })
  })
}
