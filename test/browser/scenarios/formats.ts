import { describe, expect, it } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import {
  active,
  comeIntoView,
  eventually,
  openSession,
  openTabs,
  reasonsOf,
  send,
  signInAll,
  signedOut,
  times,
} from './sharing.js'
import { putSlot, readRecord, readSlot } from './slots.js'

const secret = 'at_stranger_0_0123456789abcdef'

const later = {
  version: 2,
  sessionId: 'of-a-later-version',
  generation: 7,
  receivedAt: 1,
  tokens: { accessToken: secret, refreshToken: secret },
}

const laterText = JSON.stringify(later)

/** What may lie in the slot, as JavaScript. */
const strange: Readonly<Record<string, string>> = {
  'a corrupt text': JSON.stringify(`\0{{ ${secret}`),
  'a cut text': JSON.stringify(laterText.slice(0, -2)),
  'a record of a later version': JSON.stringify(laterText),
  'a record with nonsense in it': JSON.stringify(
    JSON.stringify({ ...later, version: 1, generation: 'seven' }),
  ),
  'an object': JSON.stringify({ ...later, version: 1 }),
  'an object with a toString': `{ version: 1, accessToken: '${secret}', toString: 1 }`,
  'a number': '7',
  bytes: `new TextEncoder().encode('${secret}')`,
}

/** Counts what this page writes to the slot. */
const countWrites = `
  window.writes = 0
  const { put } = IDBObjectStore.prototype
  IDBObjectStore.prototype.put = function (value, slot) {
    if (slot === 'v1/auth') window.writes += 1
    return put.call(this, value, slot)
  }`

const writesOf = (tab: Tab) => tab.run<number>('window.writes')

export function describeFormats(engine: () => Engine): void {
  describe('what strangers put into the slot of a session', () => {
    it('G32 counts as absent at the start, is not shown, and a sign-in replaces it', async () => {
      const { url, server } = await openWorld()
      const [one, two] = await openTabs(engine(), [url, url])
      for (const [name, expression] of Object.entries(strange)) {
        await putSlot(one, 'v1/auth', expression)
        await openSession(one)
        await openSession(two)
        expect(await one.call('status'), name).toMatchObject({
          status: 'signed-out',
          generation: 0,
        })
        expect(await one.call('events'), name).toEqual([])

        await signInAll([one, two])
        expect(await send(two), name).toEqual([{ status: 200, user: 'ann', generation: 1 }])
        expect(await readRecord(one), name).toMatchObject({ version: 1, generation: 1 })
        const events = [await one.call('events'), await two.call('events')]
        expect(
          events.flat().map(({ type }) => type),
          name,
        ).toEqual(times(2, 'signed-in'))
        expect(JSON.stringify(events), name).not.toContain('stranger')
      }
      expect(server.counts).toMatchObject({ refreshes: 0, familiesRevoked: 0 })
    })

    it('G32 counts as vanished in the middle: live tabs put their record back, without a loop between them', async () => {
      const { url, server } = await openWorld()
      const tabs = await openTabs(engine(), [url, url])
      const [one, two] = tabs
      await signInAll(tabs)
      const record = await readRecord(one)
      await Promise.all(tabs.map((tab) => tab.run(countWrites)))

      for (const [name, expression] of Object.entries(strange)) {
        await putSlot(one, 'v1/auth', expression)
        await Promise.all(tabs.map(comeIntoView))
        await eventually(() => readSlot(one, 'v1/auth')).toEqual(JSON.stringify(record))
        expect(await send(two), name).toEqual([{ status: 200, user: 'ann', generation: 1 }])
      }
      // When this has reached the other tab, all that was said before has come too.
      await one.call('refresh')
      await active(two, 2)
      // Each writes at most once for each value; the test's own writes and the refresh come to that.
      const [ofOne, ofTwo] = [await writesOf(one), await writesOf(two)]
      expect(ofOne + ofTwo).toBeLessThanOrEqual(3 * Object.keys(strange).length + 1)
      for (const tab of tabs) {
        expect(await reasonsOf(tab)).toEqual([])
        expect(JSON.stringify(await tab.call('events'))).not.toContain('stranger')
      }
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    })

    it('G32 stays untouched, and is not used, where it is the slot of a later version', async () => {
      const { url, server } = await openWorld()
      const [tab] = await openTabs(engine(), [url])
      await putSlot(tab, 'v2/auth', JSON.stringify(laterText))
      await openSession(tab)
      expect(await tab.call('status')).toMatchObject({ status: 'signed-out', generation: 0 })

      await tab.call('signIn', 'ann')
      await tab.call('refresh')
      expect(await send(tab)).toEqual([{ status: 200, user: 'ann', generation: 2 }])
      await tab.call('signOut')
      await signedOut(tab)
      await tab.reload()
      await openSession(tab)
      expect(await tab.call('status')).toMatchObject({ status: 'signed-out' })

      expect(await readSlot(tab, 'v2/auth')).toBe(laterText)
      expect(server.counts).toMatchObject({ refreshes: 1, refreshesGranted: 1, turnedAway: 0 })
    })
  })
}
