import { describe, expect, test } from 'vitest'

import type { Awaitable, StoredSession, TokenStore } from 'unexpired'

import { sharingContract } from './sharing-contract.js'
import { full, record, signedOut } from './store-records.js'

/** Where stores keep one session. */
export interface Place {
  /** A store on this place; called again, one for another holder of the same session. */
  open(): TokenStore
  /** Puts a text there as a stranger would, where strangers can. */
  put?(text: string): Awaitable<unknown>
  /** The text that is kept there now. */
  text?(): Awaitable<string | null | undefined>
}

/** What every store must do, whatever it is made of. */
export function storeContract(name: string, make: () => Awaitable<Place>): void {
  describe(`a store in ${name}`, () => {
    test('is empty at first', async () => {
      const store = (await make()).open()
      expect(await store.load()).toBeUndefined()
    })

    test('gives back what was put there, whole', async () => {
      const place = await make()
      const store = place.open()
      expect(await store.replace(undefined, full)).toBe(true)
      expect(await store.load()).toEqual(full)
      expect(await place.open().load()).toEqual(full)
    })

    test('keeps a sign-out as a record without tokens', async () => {
      const store = (await make()).open()
      await store.replace(undefined, record(1))
      expect(await store.replace(record(1), signedOut(2))).toBe(true)
      const stored = await store.load()
      expect(stored).toMatchObject({ version: 1, sessionId: 'ann', generation: 2 })
      expect(stored?.tokens).toBeUndefined()
      expect(await store.replace(undefined, record(1))).toBe(false)
      expect(await store.replace(signedOut(2), record(1, { sessionId: 'bob' }))).toBe(true)
      expect(await store.load()).toMatchObject({ sessionId: 'bob', generation: 1 })
    })

    test('replaces what is expected, told by session and generation alone', async () => {
      const store = (await make()).open()
      await store.replace(undefined, record(1))
      const sameByName = record(1, { receivedAt: 0, tokens: { accessToken: 'other' } })
      expect(await store.replace(sameByName, record(2))).toBe(true)
      expect(await store.load()).toEqual(record(2))
    })

    test.each<[string, StoredSession | undefined]>([
      ['nothing', undefined],
      ['an older generation', record(1)],
      ['a newer generation', record(3)],
      ['another session', record(2, { sessionId: 'bob' })],
    ])('G6 replaces nothing where %s was expected', async (_name, expected) => {
      const store = (await make()).open()
      await store.replace(undefined, record(2))
      expect(await store.replace(expected, record(9))).toBe(false)
      expect(await store.replace(expected, undefined)).toBe(false)
      expect(await store.load()).toEqual(record(2))
    })

    test('replaces nothing where something was expected and nothing is', async () => {
      const store = (await make()).open()
      expect(await store.replace(record(1), record(2))).toBe(false)
      expect(await store.load()).toBeUndefined()
    })

    test('can be emptied, and filled again', async () => {
      const store = (await make()).open()
      await store.replace(undefined, record(1))
      expect(await store.replace(record(1), undefined)).toBe(true)
      expect(await store.load()).toBeUndefined()
      expect(await store.replace(undefined, record(1))).toBe(true)
    })

    test.each([
      ['nothing', ''],
      ['words', 'not JSON at all'],
      ['a record that was cut', JSON.stringify(record(1)).slice(0, -15)],
      ['another version', JSON.stringify({ ...record(1), version: 2 })],
      ['what a stranger keeps', '{"token":"x","user":"ann"}'],
      ['wrong types', JSON.stringify({ ...record(1), generation: '1' })],
      [
        'an access token that no header can carry',
        JSON.stringify(record(1, { tokens: { accessToken: 'a\nb' } })),
      ],
      ['null', 'null'],
    ])(
      'G32 counts a value that is no record as absent, and writes over it: %s',
      async (_n, text) => {
        const place = await make()
        const store = place.open()
        if (!place.put) return
        await place.put(text)
        expect(await store.load()).toBeUndefined()
        expect(await store.replace(record(1), record(2))).toBe(false)
        expect(await store.replace(undefined, record(1))).toBe(true)
        expect(await store.load()).toEqual(record(1))
      },
    )

    test('G30 keeps one text at a time, which says nothing of what was there before', async () => {
      const place = await make()
      if (!place.text) return
      const store = place.open()
      await store.replace(undefined, record(1))
      await store.replace(record(1), record(2))
      expect(await place.text()).toContain('access-2')
      expect(await place.text()).not.toContain('access-1')
      await store.replace(record(2), signedOut(3))
      expect(await place.text()).not.toContain('access-')
    })
  })

  sharingContract(name, make)
}
