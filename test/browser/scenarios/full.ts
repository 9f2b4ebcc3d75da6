import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import {
  active,
  eventsOf,
  eventually,
  openSession,
  openTabs,
  patchedPage,
  send,
  signInAll,
  times,
} from './sharing.js'
import { readRecord } from './slots.js'

/** Until not one character more fits. */
const fillLocalStorage = `
  let size = 1 << 22
  for (let at = 0; size >= 1; at += 1) {
    try { localStorage.setItem('fill' + at, 'x'.repeat(size)) } catch { size = Math.floor(size / 2) }
  }
  try { localStorage.setItem('one more', 'x'.repeat(32)) } catch ({ name }) { return name }`

/** From when `full` is set, IndexedDB takes nothing. */
const fullDatabase = (fail: string): string => `
  window.full = false
  const { put } = IDBObjectStore.prototype
  IDBObjectStore.prototype.put = function (...args) {
    if (!window.full) return put.apply(this, args)
    ${fail}
  }`

const isFull = (full: boolean) => `void (window.full = ${full})`

export function describeFull(engine: () => Engine): void {
  describe('a browser whose storage is full', () => {
    it('loses nothing when localStorage is, and says once where a mirror is missing', async () => {
      const { url, server } = await openWorld()
      const [mirroring] = await openTabs(engine(), [url], { mirror: true })
      const [other] = await openTabs(engine(), [url])
      expect(await mirroring.run(fillLocalStorage)).toBe('QuotaExceededError')

      await signInAll([mirroring, other])
      await mirroring.call('refresh')
      await active(other, 2)
      await other.call('refresh')
      await active(mirroring, 3)
      expect(await mirroring.call('missing')).toEqual(['mirror'])
      expect(await other.call('missing')).toEqual([])
      for (const tab of [mirroring, other]) {
        expect(await eventsOf(tab, 'store-failed')).toEqual([])
        await tab.reload()
        await openSession(tab)
        expect(await send(tab)).toEqual([{ status: 200, user: 'ann', generation: 3 }])
      }
      expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
    })

    it.each([
      ['refuses a value', `throw new DOMException('full', 'QuotaExceededError')`],
      ['aborts the transaction', 'put.apply(this, args); this.transaction.abort()'],
    ])(
      'G31 serves tokens from memory when IndexedDB %s, and writes them when it can',
      async (_, fail) => {
        const { url, server } = await openWorld({
          pages: { '/full.html': patchedPage(fullDatabase(fail)) },
        })
        const tabs = await openTabs(engine(), [new URL('/full.html', url).href, url])
        const [full, other] = tabs
        await signInAll(tabs)
        await full.run(isFull(true))
        server.orders.expireNow()

        const served = times(3, { status: 200, user: 'ann', generation: 2 })
        expect(await send(full, 3)).toEqual(served)
        const failures = await eventsOf(full, 'store-failed')
        expect(failures).toMatchObject([{ operation: 'replace', generation: 1 }])
        expect(JSON.stringify(failures)).not.toMatch(/[ar]t_f1/)
        expect(await readRecord(other)).toMatchObject({ generation: 1 })

        await full.run(isFull(false))
        await eventually(() => readRecord(other)).toMatchObject({ generation: 2 })
        await active(other, 2)
        expect(await send(other, 3)).toEqual(served)
        expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
      },
    )
  })
}
