import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import {
  active,
  eventsOf,
  noDatabase,
  openSession,
  openTabs,
  patchedPage,
  reasonsOf,
  send,
  signedOut,
  signInAll,
  times,
} from './sharing.js'
import { readRecord } from './slots.js'

/** As engines do after a crash, an update or a sleep: it passes. */
const shakyDatabase = patchedPage(`
  let failures = Number(localStorage.getItem('failures') ?? 0)
  localStorage.removeItem('failures')
  const { open } = IDBFactory.prototype
  IDBFactory.prototype.open = function (...args) {
    if (failures-- > 0) throw new DOMException('Internal error opening backing store', 'UnknownError')
    return open.apply(this, args)
  }`)

/** Some engines throw when it is only looked at. */
const throwing = (owner: string, name: string): string =>
  patchedPage(`Object.defineProperty(${owner}, '${name}', {
    configurable: true,
    get() { throw new DOMException('denied', 'SecurityError') },
  })`)

const copyKey = `localStorage.getItem('unexpired/v1/auth')`

export function describeFailing(engine: () => Engine): void {
  describe('a database that fails', () => {
    it('G31 for a moment is tried again, and the tab stays in the session of the others', async () => {
      const { url, server } = await openWorld({ pages: { '/shaky.html': shakyDatabase } })
      const page = new URL('/shaky.html', url).href
      const tabs = await openTabs(engine(), [page, page])
      const [one, two] = tabs
      await signInAll(tabs)
      await one.run(`localStorage.setItem('failures', '3')`)
      await one.reload()
      await openSession(one)
      expect(await send(one)).toEqual([{ status: 200, user: 'ann', generation: 1 }])
      expect(await one.call('missing')).toEqual([])
      await one.call('signOut')
      await signedOut(two)
      expect(server.counts).toMatchObject({ refreshes: 0, familiesRevoked: 0 })
    })

    it('G31 for longer is no reason to share with nobody: the session is found as soon as it can be read', async () => {
      const { url } = await openWorld({ pages: { '/shaky.html': shakyDatabase } })
      const page = new URL('/shaky.html', url).href
      const [one, two] = await openTabs(engine(), [page, page])
      await signInAll([one, two])
      await one.run(`localStorage.setItem('failures', '8')`)
      await one.reload()
      await openSession(one)
      expect(await one.call('missing')).toEqual([])
      expect(await eventsOf(one, 'store-failed')).toMatchObject([{ operation: 'load' }])
      await two.call('refresh')
      await active(one, 2)
    })

    it('G23 once and then not: what was kept in localStorage is taken over, and does not come back to life', async () => {
      const { url } = await openWorld({ pages: { '/no-database.html': noDatabase } })
      const without = new URL('/no-database.html', url).href
      const [tab] = await openTabs(engine(), [without])
      await tab.call('signIn', 'ann')
      expect(await tab.run<string>(copyKey)).toContain('"sessionId"')

      await tab.goto(url)
      await openSession(tab)
      expect(await send(tab)).toEqual([{ status: 200, user: 'ann', generation: 1 }])
      expect(await tab.run<null>(copyKey)).toBeNull()
      expect(await readRecord(tab)).toMatchObject({ generation: 1 })

      await tab.call('signOut')
      await tab.goto(without)
      await openSession(tab)
      expect(await tab.call('status')).toMatchObject({ status: 'signed-out' })
    })

    it.each([
      ['indexedDB', 'window', ['indexed-db']],
      ['locks', 'Navigator.prototype', ['web-locks']],
    ])('G34 by throwing at a look at %s is one that is missing', async (name, owner, missing) => {
      const { url, server } = await openWorld({
        rotation: { graceMs: 10_000 },
        pages: { '/throwing.html': throwing(owner, name) },
      })
      const page = new URL('/throwing.html', url).href
      const tabs = await openTabs(engine(), [page, page])
      const [one, two] = tabs
      await signInAll(tabs)
      server.orders.expireNow()
      expect(await send(one, 3)).toEqual(times(3, { status: 200, user: 'ann', generation: 2 }))
      await active(two, 2)
      await two.reload()
      await openSession(two)
      await active(two, 2)
      await one.call('signOut')
      await signedOut(two)
      expect(await reasonsOf(two)).toEqual(['signed-out'])
      for (const tab of tabs) {
        expect(await tab.call('missing')).toEqual(missing)
        expect(await eventsOf(tab, 'store-failed')).toEqual([])
      }
    })
  })
}
