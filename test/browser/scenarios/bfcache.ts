import { describe, expect, it } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import { leave, served } from './middle.js'
import { openTabs, patchedPage, reasonsOf, send, signInAll, times } from './sharing.js'

/** What came while the page was away must be known before a user can do anything (milliseconds). */
const atOnceMs = 1_000

/**
 * Knows its open channels. When it comes back, and before any other script hears of that, it notes
 * which were open meanwhile; then how long it takes until the session has changed.
 */
const witness = patchedPage(`
  const open = new Set()
  const Real = BroadcastChannel
  window.BroadcastChannel = class extends Real {
    constructor(name) { super(name); open.add(this) }
    close() { super.close(); open.delete(this) }
  }
  let before
  addEventListener('pagehide', async () => { before = JSON.stringify(await lab.status()) })
  async function isBack() {
    if (before === undefined) return
    const was = before
    before = undefined
    window.openInCache = [...open].map(({ name }) => name)
    const since = performance.now()
    while (JSON.stringify(await lab.status()) === was) await new Promise((done) => setTimeout(done))
    window.knewAfterMs = performance.now() - since
  }
  // Engines differ in which comes first; a page is hidden after its pagehide, too.
  addEventListener('pageshow', isBack)
  document.addEventListener('resume', isBack)
  document.addEventListener('visibilitychange', () => document.hidden || isBack())`)

/** Two tabs of one session; the first is the witness. */
async function twoTabs(engine: Engine) {
  const world = await openWorld({ pages: { '/witness.html': witness } })
  const { url, server, elsewhere } = world
  const tabs = await openTabs(engine, [new URL('/witness.html', url).href, url])
  await signInAll(tabs)
  const [kept, other] = tabs
  // It is looked at when it goes: it is hidden after its pagehide.
  await kept.show()
  return { kept, other, server, comeBack: await leave(kept, elsewhere) }
}

/** Why a page was not kept, where the engine says so: a page that is loaded anew shows nothing here. */
const whyNot = (tab: Tab): Promise<string> =>
  tab.run(
    `JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons ?? 'not said')`,
  )

const knew = (tab: Tab): Promise<number> =>
  tab.run(`
    while (window.knewAfterMs === undefined) await new Promise((done) => setTimeout(done))
    return knewAfterMs`)

/** A page with a session goes to the back/forward cache, which every engine here has. */
export function describeBackForwardCache(engine: () => Engine): void {
  describe('a page that comes back from the back/forward cache', () => {
    it('G38 has at once the tokens that another tab got meanwhile', async () => {
      const { kept, other, server, comeBack } = await twoTabs(engine())
      server.orders.expireNow()
      await other.call('refresh')

      expect((await comeBack()) || (await whyNot(kept))).toBe(true)

      expect(await knew(kept)).toBeLessThan(atOnceMs)
      expect(await send(kept, 3)).toEqual(times(3, served(2)))
      expect(server.counts).toMatchObject({ refreshes: 1, turnedAway: 0, familiesRevoked: 0 })
      expect(await reasonsOf(kept)).toEqual([])
    })

    it('G18 G38 knows at once of a sign-out meanwhile, and is told once', async () => {
      const { kept, other, server, comeBack } = await twoTabs(engine())
      await other.call('signOut')

      expect((await comeBack()) || (await whyNot(kept))).toBe(true)

      expect(await knew(kept)).toBeLessThan(atOnceMs)
      expect(await kept.call('status')).toMatchObject({ status: 'signed-out' })
      expect(await send(kept)).toEqual([{ status: 401 }])
      expect(await reasonsOf(kept)).toEqual(['signed-out'])
      expect(server.counts.refreshes).toBe(0)
    })

    it('G38 had no channel open there, and hears of what comes after', async () => {
      const { kept, other, server, comeBack } = await twoTabs(engine())

      expect((await comeBack()) || (await whyNot(kept))).toBe(true)
      expect(await kept.run('openInCache')).toEqual([])

      // Nothing but the channel can tell: the page neither sends anything nor goes away again.
      await other.call('refresh')
      expect(await knew(kept)).toBeGreaterThan(0)
      expect(await kept.call('status')).toMatchObject({ status: 'active', generation: 2 })
      expect(server.counts.refreshes).toBe(1)
    })
  })
}
