import type { StoredSession } from 'unexpired'
import { redisStore } from 'unexpired/redis'
import { describe, expect, test } from 'vitest'

import { record, signedOut } from '../stores/store-records.js'
import { connect, libraries } from './harness/redis-clients.js'
import { openServer, openUser } from './harness/redis-user.js'
import { scriptsIn, useRedis } from './harness/redis.js'

const redis = useRedis()

const dayMs = 86_400_000

const ttlOf = async (key: string): Promise<number> =>
  Number(await redis().ask('PTTL', `unexpired:{${key}}:session`))

/** Just written, with this time to live. */
function expectTtl(ms: number, expected: number): void {
  expect(ms).toBeLessThanOrEqual(expected)
  expect(ms).toBeGreaterThan(expected - 30_000)
}

const slotOf = async (key: string): Promise<number> => {
  // As a cluster cuts it: what is between the first brace and the next one after it, if there is any.
  const tag = /\{([^}]+)\}/.exec(key)?.[1] ?? key
  return Number(await redis().ask('EVAL', slotScript, 0, tag))
}

/** CRC16 (XMODEM) of a key, as in the specification of clusters. */
const slotScript = `
local crc = 0
for at = 1, #ARGV[1] do
  crc = bit.bxor(crc, bit.lshift(string.byte(ARGV[1], at), 8))
  for _ = 1, 8 do
    crc = bit.lshift(crc, 1)
    if bit.band(crc, 0x10000) ~= 0 then crc = bit.bxor(crc, 0x1021) end
    crc = bit.band(crc, 0xffff)
  end
end
return crc % 16384`

const oddKeys = [
  'user-1',
  'a b\tc',
  '{',
  '}',
  '{}',
  '}{',
  '{user}:x',
  '%7Bx%7D',
  '100%',
  'ñ/🔑:ß',
  'line\nbreak',
  '\0',
  '*',
]

describe.each(libraries)('what is in Redis, through %s', (library) => {
  test('both keys of a session are in one slot, and no two users’ are the same', async () => {
    const { client } = await connect(library, redis())
    for (const [at, key] of oddKeys.entries()) {
      const store = redisStore(client, key)
      await store.replace(undefined, record(1, { sessionId: `s${at}` }))
      await store.exclusive(
        async () => {
          const turn = (await redis().ask('KEYS', '*:turn')) as string[]
          expect(turn).toHaveLength(1)
          const own = turn[0]?.replace(/:turn$/, ':session') ?? ''
          expect(await redis().ask('GET', own)).toContain(`"s${at}"`)
          expect(await slotOf(own)).toBe(await slotOf(turn[0] ?? ''))
        },
        { waitMs: 1_000 },
      )
    }
    expect(await redis().ask('DBSIZE')).toBe(oddKeys.length)
    for (const [at, key] of oddKeys.entries()) {
      expect(await redisStore(client, key).load()).toMatchObject({ sessionId: `s${at}` })
    }
  })

  test('G25 keys that are told apart by what no encoding can carry stay apart', async () => {
    const { client } = await connect(library, redis())
    const keys = ['\uD800', '\uD801', '\uFFFD']
    const stores = keys.flatMap((key) => {
      try {
        return [redisStore(client, key)]
      } catch {
        // It may refuse them.
        return []
      }
    })
    for (const [at, store] of stores.entries()) {
      expect(await store.replace(undefined, record(at + 1))).toBe(true)
    }
    for (const [at, store] of stores.entries()) {
      expect(await store.load()).toEqual(record(at + 1))
    }
  })

  test('a record lives for 30 days since its last write, a sign-out for a day', async () => {
    const { client } = await connect(library, redis())
    const server = await openServer()
    const user = openUser(redisStore(client, 'ann'), server)
    await user.signIn()
    expectTtl(await ttlOf('ann'), 30 * dayMs)
    await redis().ask('PEXPIRE', 'unexpired:{ann}:session', 10_000)
    await user.session.refresh()
    expectTtl(await ttlOf('ann'), 30 * dayMs)
    await user.session.signOut()
    expectTtl(await ttlOf('ann'), dayMs)
    const kept = String(await redis().ask('GET', 'unexpired:{ann}:session'))
    expect(JSON.parse(kept)).toMatchObject({ version: 1, generation: 3 })
    expect(kept).not.toContain('tokens')
  })

  test('its life may depend on what it says', async () => {
    const { client } = await connect(library, redis())
    const seen: StoredSession[] = []
    const ttlMs = (stored: StoredSession): number => {
      seen.push(stored)
      return (Number(stored.tokens?.expiresIn) || 1) * 1_000.5
    }
    const store = redisStore(client, 'ann', { ttlMs })
    const hour = record(1, { tokens: { accessToken: 'a', expiresIn: 3_600 } })
    await store.replace(undefined, hour)
    expectTtl(await ttlOf('ann'), 3_601_800)
    expect(seen).toEqual([hour])
    await store.replace(hour, signedOut(2))
    expect(await ttlOf('ann')).toBeGreaterThan(3_600_000)

    const short = redisStore(client, 'bob', { ttlMs: 600_000 })
    await short.replace(undefined, record(1))
    expectTtl(await ttlOf('bob'), 600_000)
    await short.replace(record(1), signedOut(2))
    expectTtl(await ttlOf('bob'), 600_000)
  })

  test('a life that makes no sense is an error of that write, and keeps what was there', async () => {
    const { client } = await connect(library, redis())
    await redisStore(client, 'ann').replace(undefined, record(1))
    for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e21]) {
      const store = redisStore(client, 'ann', { ttlMs: () => ms })
      await expect(store.replace(record(1), record(2))).rejects.toThrow(/ttlMs/)
    }
    expect(await redisStore(client, 'ann').load()).toEqual(record(1))
  })

  test('a prefix of the client goes before ours', async () => {
    const { client } = await connect(library, redis(), { keyPrefix: 'app:' })
    const store = redisStore(client, 'ann', { prefix: 'auth/' })
    await store.replace(undefined, record(1))
    await store.exclusive(
      async () => {
        const keys = (await redis().ask('KEYS', '*')) as string[]
        expect(keys.sort()).toEqual(['app:auth/{ann}:session', 'app:auth/{ann}:turn'])
      },
      { waitMs: 1_000 },
    )
    expect(await store.load()).toEqual(record(1))
  })

  test('a session that is taken away leaves nothing there', async () => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann')
    await store.replace(undefined, record(1))
    await store.replace(record(1), undefined)
    expect(await redis().ask('DBSIZE')).toBe(0)
  })

  test('who wrote last writes again without a look', async () => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann')
    await store.replace(undefined, record(1))
    await redis().resetCounts()
    expect(await store.replace(record(1), record(2))).toBe(true)
    expect(await store.replace(record(2), undefined)).toBe(true)
    expect(await store.replace(undefined, record(1))).toBe(true)
    expect(scriptsIn(await redis().counts())).toBe(3)
  })

  test.each([
    ['a list', ['RPUSH', 'LIST', 'x']],
    ['a hash', ['HSET', 'LIST', 'field', 'x']],
    ['an empty text', ['SET', 'LIST', '']],
    ['bytes that are no text', ['SETBIT', 'LIST', '0', '1']],
  ])('G32 %s at our keys counts as absent, and is written over', async (_name, command) => {
    const at = (key: string): string[] => command.map((part) => (part === 'LIST' ? key : part))
    await redis().ask(...at('unexpired:{ann}:session'))
    await redis().ask(...at('unexpired:{ann}:turn'))
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann')
    expect(await store.load()).toBeUndefined()
    expect(await store.replace(record(1), record(2))).toBe(false)
    const write = async (): Promise<boolean> => store.replace(undefined, record(1))
    expect(await store.exclusive(write, { waitMs: 1_000 })).toBe(true)
    expect(await store.load()).toEqual(record(1))
    expect(await ttlOf('ann')).toBeGreaterThan(0)
    expect(await redis().ask('EXISTS', 'unexpired:{ann}:turn')).toBe(0)
  })

  test('G42 a request with a live token asks Redis nothing', async () => {
    const { client } = await connect(library, redis())
    const user = openUser(redisStore(client, 'ann'), await openServer())
    await user.signIn()
    expect(await user.send()).toBe(200)
    // Redis knows the scripts from here on.
    await user.session.refresh()
    const turn = (): Promise<unknown> => redis().ask('EXISTS', 'unexpired:{ann}:turn')
    await expect.poll(turn).toBe(0)
    await redis().resetCounts()
    expect(await user.herd(20)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(scriptsIn(await redis().counts())).toBe(0)
    await user.session.refresh()
    // The turn, the look in it, the commit, the turn given back; and a look at what it told itself.
    await expect.poll(turn).toBe(0)
    expect([4, 5]).toContain(scriptsIn(await redis().counts()))
  })
})
