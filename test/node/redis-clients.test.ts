import { Redis } from 'ioredis'
import { createClient, RESP_TYPES } from 'redis'
import { redisStore } from 'unexpired/redis'
import type { RedisClient } from 'unexpired/redis'
import { expect, onTestFinished, test } from 'vitest'

import { full, record } from '../stores/store-records.js'
import { connect, libraries } from './harness/redis-clients.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

interface Opened {
  readonly client: RedisClient
  connect(): Promise<unknown>
}

function ioredis(options: object): Opened {
  const client = new Redis(redis().port, '127.0.0.1', { ...options, lazyConnect: true })
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  return { client, connect: () => client.connect() }
}

function nodeRedis(options: object): Opened {
  const client = createClient({ url: redis().url, ...options })
  client.on('error', () => undefined)
  onTestFinished(() => void (client.isOpen && client.destroy()))
  return { client, connect: () => client.connect() }
}

const buffers = { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String }

/** A user of Redis who may only what `docs/servers.md` names. */
const user = { username: 'app', password: 'x' }

const kinds: readonly [string, () => Opened][] = [
  ['ioredis, RESP 2', () => ioredis({ protocol: 2 })],
  ['ioredis, numbers as texts', () => ioredis({ stringNumbers: true })],
  ['ioredis, pipelining', () => ioredis({ enableAutoPipelining: true })],
  ['ioredis, no offline queue', () => ioredis({ enableOfflineQueue: false })],
  ['ioredis, another database', () => ioredis({ db: 3 })],
  ['ioredis, few rights', () => ioredis(user)],
  ['node-redis, RESP 2', () => nodeRedis({ RESP: 2 })],
  ['node-redis, buffers', () => nodeRedis({ commandOptions: { typeMapping: buffers } })],
  ['node-redis, no offline queue', () => nodeRedis({ disableOfflineQueue: true })],
  ['node-redis, another database', () => nodeRedis({ database: 3 })],
  ['node-redis, few rights', () => nodeRedis(user)],
]

const rights =
  'on >x resetkeys ~unexpired:* resetchannels &unexpired:* nocommands +eval +evalsha +get +set +del ' +
  '+pttl +pexpire +publish +subscribe +unsubscribe +hello +auth +info +ping +quit +select'

test.each(kinds)('a client that is set up differently will do: %s', async (_name, open) => {
  await redis().ask('ACL', 'SETUSER', 'app', ...rights.split(' '))
  const [one, other] = [open(), open()]
  const [here, there] = [redisStore(one.client, 'ann'), redisStore(other.client, 'ann')]
  let told = 0
  // It is watched before it is connected.
  onTestFinished(there.watch(() => void (told += 1)))
  await Promise.all([one.connect(), other.connect()])
  expect(await here.load()).toBeUndefined()
  await there.load()
  expect(await here.replace(undefined, full)).toBe(true)
  expect(await there.load()).toEqual(full)
  expect(await there.replace(undefined, record(5))).toBe(false)
  const write = async (): Promise<boolean> => there.replace(full, record(2))
  expect(await there.exclusive(write, { waitMs: 1_000 })).toBe(true)
  expect(await here.load()).toEqual(record(2))

  await expect
    .poll(async () => {
      const stored = await here.load()
      await here.replace(stored, record((stored?.generation ?? 0) + 1))
      return told
    })
    .toBeGreaterThan(1)
})

test.each(libraries)(
  'a script goes whole where Redis does not know it, and never again after another error: %s',
  async (library) => {
    await redis().ask('SCRIPT', 'FLUSH')
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann', { timeoutMs: 600 })
    await redis().resetCounts()
    await store.replace(undefined, record(1))
    await store.replace(record(1), record(2))
    // The look, and the first and second write.
    expect(await redis().counts()).toMatchObject({ evalsha: 3, eval: 2 })

    await redis().resetCounts()
    onTestFinished(async () => void (await redis().ask('CONFIG', 'SET', 'maxmemory', 0)))
    await redis().ask('CONFIG', 'SET', 'maxmemory', 1)
    await expect(store.replace(record(2), record(3))).rejects.toThrow('OOM')
    const counts = await redis().counts()
    expect(counts['evalsha']).toBeGreaterThan(0)
    expect(counts).not.toHaveProperty('eval')
  },
)
