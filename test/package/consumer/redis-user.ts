/** What a server with Redis writes. It is type-checked as a user's file, against the packed types. */
import { randomBytes, webcrypto } from 'node:crypto'

import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster, createSentinel } from 'redis'
import { createSession, createSessionPool } from 'unexpired'
import type { TokenStore } from 'unexpired'
import { redisStore } from 'unexpired/redis'
import type { RedisClient, RedisEncryption, RedisStoreOptions } from 'unexpired/redis'

const host = 'localhost'
const root = { host, port: 6379 }

const redis = new Redis({ lazyConnect: true })
export const stores: readonly Required<TokenStore>[] = [
  redisStore(redis, 'ann'),
  redisStore(new Cluster([root], { lazyConnect: true }), 'ann'),
  redisStore(new Redis({ sentinels: [root], name: 'main', lazyConnect: true }), 'ann'),
  redisStore(createClient(), 'ann'),
  redisStore(createClient({ url: `redis://${host}`, RESP: 2 }), 'ann'),
  redisStore(createCluster({ rootNodes: [{ url: `redis://${host}` }] }), 'ann'),
  redisStore(createSentinel({ name: 'main', sentinelRootNodes: [root] }), 'ann'),
]

/** As an app keeps it that chooses one of them when it starts. */
export const chosen = (name: string): RedisClient => (name === 'ioredis' ? redis : createClient())

export async function keys(): Promise<RedisEncryption> {
  const made = await webcrypto.subtle.importKey('raw', randomBytes(32), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ])
  return { current: 'b', keys: { a: randomBytes(32), b: made, c: new Uint8Array(16) } }
}

export async function pool() {
  const options: RedisStoreOptions = {
    prefix: 'app:',
    ttlMs: ({ tokens }) => (tokens ? 86_400_000 : 3_600_000),
    leaseMs: 5_000,
    timeoutMs: 500,
    encryption: await keys(),
  }
  return createSessionPool({
    create: (userId) =>
      createSession({
        store: redisStore(redis, userId, options),
        refresh: async () => ({ accessToken: 'a' }),
      }),
  })
}

// @ts-expect-error -- not a client
redisStore({ get: () => null }, 'ann')
// @ts-expect-error -- each session has a key
redisStore(redis)
// @ts-expect-error -- no such option
redisStore(redis, 'ann', { ttl: 1 })
// @ts-expect-error -- which key is written with must be said
redisStore(redis, 'ann', { encryption: { keys: {} } })
