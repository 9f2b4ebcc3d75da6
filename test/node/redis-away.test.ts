import { redisStore } from 'unexpired/redis'
import { describe, expect, test } from 'vitest'

import { connect, libraries } from './harness/redis-clients.js'
import { timed } from './harness/redis-user.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

describe.each(libraries)('a Redis that does not answer, through %s', (library) => {
  test('is waited for once, by all stores of a client, until it answers again', async () => {
    const { client } = await connect(library, redis())
    const [ann, bob] = ['ann', 'bob'].map((key) => redisStore(client, key, { timeoutMs: 1_600 }))
    if (!ann || !bob) expect.unreachable()
    await ann.load()
    const failed = (load: () => unknown) =>
      timed(async () => expect((async () => load())()).rejects.toThrow(/did not answer within/))
    for (let round = 1; round <= 2; round += 1) {
      redis().freeze()
      expect((await failed(ann.load)).ms).toBeGreaterThan(1_500)
      for (const store of [ann, bob]) expect((await failed(store.load)).ms).toBeLessThan(1_200)
      redis().thaw()
      await expect.poll(async () => ann.load()).toBeUndefined()
    }
  })
})
