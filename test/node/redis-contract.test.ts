import { redisStore } from 'unexpired/redis'
import type { RedisStoreOptions } from 'unexpired/redis'

import { storeContract } from '../stores/store-contract.js'
import type { Place } from '../stores/store-contract.js'
import { connect, libraries } from './harness/redis-clients.js'
import type { Library } from './harness/redis-clients.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

const sessionKey = 'unexpired:{auth}:session'

/** Two machines: every other store is another connection's. */
const machines = (library: Library, options?: RedisStoreOptions) => async (): Promise<Place> => {
  const clients = [
    (await connect(library, redis())).client,
    (await connect(library, redis())).client,
  ]
  let opened = 0
  return {
    open() {
      const client = clients[(opened += 1) % clients.length]
      if (!client) throw new Error('no client')
      return redisStore(client, 'auth', options)
    },
    put: (text) => redis().ask('SET', sessionKey, text),
    text: async () => {
      const kept = await redis().ask('GET', sessionKey)
      return typeof kept === 'string' ? kept : undefined
    },
  }
}

const encryption = { current: 'a', keys: { a: new Uint8Array(32).fill(7) } }

for (const library of libraries) {
  storeContract(`Redis, through ${library}`, machines(library))

  storeContract(`Redis, encrypted, through ${library}`, async () => {
    const { text: _unreadable, ...place } = await machines(library, { encryption })()
    return place
  })
}
