import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import { active, eventually, openTabs, reasonsOf, send, signInAll } from './sharing.js'
import { readRecord } from './slots.js'

/** As apps do that empty all their storage, and browsers when a user asks for it. */
const deleteAll = `
  const deletion = indexedDB.deleteDatabase('unexpired')
  return new Promise((resolve, reject) => {
    deletion.onsuccess = () => resolve('deleted')
    deletion.onerror = () => reject(deletion.error)
  })`

export function describeDeleted(engine: () => Engine): void {
  describe('a database that is deleted while tabs have it open', () => {
    it('G31 is let go at once, and the record of a live session is put back', async () => {
      const { url, server } = await openWorld()
      const tabs = await openTabs(engine(), [url, url])
      const [one, two] = tabs
      await signInAll(tabs)
      expect(await one.run<string>(deleteAll)).toBe('deleted')

      await one.call('refresh')
      await active(two, 2)
      await eventually(() => readRecord(two)).toMatchObject({ generation: 2 })
      const [third] = await openTabs(engine(), [url])
      expect(await send(third)).toEqual([{ status: 200, user: 'ann', generation: 2 }])
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
      for (const tab of tabs) expect(await reasonsOf(tab)).toEqual([])
    })
  })
}
