import { inspect } from 'node:util'

import { redisStore } from 'unexpired/redis'
import type { RedisEncryption } from 'unexpired/redis'
import { describe, expect, test, vi } from 'vitest'

import { full, record, signedOut } from '../stores/store-records.js'
import { connect } from './harness/redis-clients.js'
import { openServer, openUser } from './harness/redis-user.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

const bytes = (fill: number, length = 32): Uint8Array => new Uint8Array(length).fill(fill)

const [old, fresh] = [bytes(1), bytes(2)]

const at = (key: string): string => `unexpired:{${key}}:session`

const kept = async (key: string): Promise<string> => String(await redis().ask('GET', at(key)))

/** A store of this user with these keys, the first of which is written with. */
async function open(key: string, encryption: RedisEncryption) {
  const { client } = await connect('ioredis', redis())
  return redisStore(client, key, { encryption })
}

describe('records that are encrypted', () => {
  test('G40 can be read by nobody in Redis, a sign-out too', async () => {
    const store = await open('ann', { current: 'a', keys: { a: old } })
    for (const [before, after] of [
      [undefined, full],
      [full, signedOut(2)],
    ] as const) {
      expect(await store.replace(before, after)).toBe(true)
      const text = await kept('ann')
      const clear = [text, ...text.split('"').map((part) => Buffer.from(part, 'base64').toString())]
      for (const part of clear) expect(part).not.toMatch(/version|sessionId|generation|DPoP|read/)
    }
  })

  test('are never the same text twice', async () => {
    const store = await open('ann', { current: 'a', keys: { a: old } })
    const seen = new Set<string>()
    for (let round = 0; round < 10; round += 1) {
      await store.replace(undefined, record(1))
      seen.add(await kept('ann'))
      await store.replace(record(1), undefined)
    }
    expect(seen.size).toBe(10)
  })

  test.each([16, 24, 32])('take a key of %s bytes, or one of Web Crypto', async (length) => {
    const raw = bytes(5, length) as Uint8Array<ArrayBuffer>
    const usages: KeyUsage[] = ['encrypt', 'decrypt']
    const imported = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, usages)
    const one = await open('ann', { current: 'a', keys: { a: raw } })
    await one.replace(undefined, full)
    expect(await (await open('ann', { current: 'a', keys: { a: imported } })).load()).toEqual(full)
  })

  test('G32 that were changed in one place count as absent, and are written over', async () => {
    const store = await open('ann', { current: 'a', keys: { a: old } })
    await store.replace(undefined, record(1))
    const whole = await kept('ann')
    const parsed = JSON.parse(whole) as Record<string, string>
    for (const [name, value] of Object.entries(parsed)) {
      if (name === 'kid') continue
      for (const place of [0, Math.floor(value.length / 2), value.length - 2]) {
        const other = value[place] === 'A' ? 'B' : 'A'
        const changed = value.slice(0, place) + other + value.slice(place + 1)
        await redis().ask('SET', at('ann'), JSON.stringify({ ...parsed, [name]: changed }))
        expect(await store.load()).toBeUndefined()
      }
      await redis().ask('SET', at('ann'), JSON.stringify({ ...parsed, [name]: '' }))
      expect(await store.load()).toBeUndefined()
    }
    await redis().ask('SET', at('ann'), whole.slice(0, -9))
    expect(await store.load()).toBeUndefined()
    expect(await store.replace(undefined, record(3))).toBe(true)
    expect(await store.load()).toEqual(record(3))
  })

  test('G25 that were put in another user’s place count as absent there', async () => {
    const encryption = { current: 'a', keys: { a: old } }
    const ann = await open('ann', encryption)
    await ann.replace(undefined, record(1))
    await redis().ask('COPY', at('ann'), at('bob'))
    expect(await (await open('bob', encryption)).load()).toBeUndefined()
    expect(await ann.load()).toEqual(record(1))
  })

  test('are never mixed with records in the clear: who has the other kind is told, and writes over nothing', async () => {
    const { client } = await connect('ioredis', redis())
    const [plain, sealed] = [
      redisStore(client, 'ann'),
      redisStore(client, 'ann', { encryption: { current: 'a', keys: { a: old } } }),
    ]
    await plain.replace(undefined, record(1))
    await expect(sealed.load()).rejects.toThrow(/is not encrypted: give all .* the same encryption/)
    await expect(sealed.replace(undefined, record(2))).rejects.toThrow(/is not encrypted/)
    expect(await plain.replace(record(1), undefined)).toBe(true)
    expect(await sealed.replace(undefined, record(2))).toBe(true)
    await expect(plain.load()).rejects.toThrow(/is encrypted: give all .* the same encryption/)
    await expect(plain.replace(undefined, record(3))).rejects.toThrow(/is encrypted/)
    expect(await sealed.load()).toEqual(record(2))
  })

  test('are read with an old key, and written with the current one', async () => {
    const before = await open('ann', { current: 'jan', keys: { jan: old } })
    await before.replace(undefined, record(1))
    expect(await kept('ann')).toContain('jan')
    const after = await open('ann', { current: 'feb', keys: { jan: old, feb: fresh } })
    expect(await after.load()).toEqual(record(1))
    expect(await after.replace(record(1), record(2))).toBe(true)
    expect(await kept('ann')).toContain('feb')
    expect(await kept('ann')).not.toContain('jan')
    expect(await after.load()).toEqual(record(2))
  })

  test('whose key is not given are an error that names it, and nobody writes over them', async () => {
    const newer = await open('ann', { current: 'feb', keys: { feb: fresh } })
    await newer.replace(undefined, record(1))
    const text = await kept('ann')
    const older = await open('ann', { current: 'jan', keys: { jan: old, dec: bytes(3) } })
    await expect(older.load()).rejects.toThrow(/feb: add .*encryption\.keys, .* jan, dec$/)
    await expect(older.replace(undefined, record(5))).rejects.toThrow(/feb/)
    expect(await kept('ann')).toBe(text)

    const server = await openServer()
    const user = openUser(older, server)
    await user.session.ready
    expect(user.events('store-failed')).toMatchObject([
      { operation: 'load', message: expect.stringMatching(/feb.*encryption\.keys/) as string },
    ])
  })

  test('G32 what a stranger named as a key is not echoed', async () => {
    const store = await open('ann', { current: 'a', keys: { a: old } })
    const kid = `${'secret <b>words</b> '.repeat(50)}end`
    await redis().ask('SET', at('ann'), JSON.stringify({ kid, iv: 'x', data: 'y' }))
    const said = await Promise.resolve(store.load()).catch(String)
    expect(inspect(said)).not.toContain('secret')
    expect(said).toMatch(/encrypted with another key: add it/)
  })

  test.each(['kid', 'iv', 'data'])(
    'G32 a stranger’s text with a %s in it is none of them, and counts as absent',
    async (name) => {
      await redis().ask('SET', at('ann'), JSON.stringify({ [name]: 'x' }))
      const { client } = await connect('ioredis', redis())
      expect(await redisStore(client, 'ann').load()).toBeUndefined()
      const sealed = await open('ann', { current: 'a', keys: { a: old } })
      expect(await sealed.load()).toBeUndefined()
      expect(await sealed.replace(undefined, record(1))).toBe(true)
    },
  )

  test('bring a key into Web Crypto once, however many users there are, and nobody gets it back', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey')
    const encryption = { current: 'a', keys: { a: bytes(9) } }
    for (const key of ['ann', 'bob', 'eve']) {
      expect(await (await open(key, encryption)).replace(undefined, record(1))).toBe(true)
    }
    const isExtractable = false
    expect(importKey.mock.calls).toMatchObject([['raw', bytes(9), 'AES-GCM', isExtractable, {}]])
  })
})
