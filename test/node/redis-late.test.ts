import { redisStore } from 'unexpired/redis'
import { describe, expect, test } from 'vitest'

import { connect, libraries } from './harness/redis-clients.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

const pause = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms))

describe.each(libraries)('a Redis that stands still for a moment, through %s', (library) => {
  test('G5 gives a turn late to nobody: what was asked in vain frees no turn that came since', async () => {
    const timeoutMs = 400
    const stores = await Promise.all(
      [1, 2].map(async () => {
        const { client } = await connect(library, redis())
        return redisStore(client, 'late', { timeoutMs, leaseMs: 10_000 })
      }),
    )
    for (let round = 0; round < 4; round += 1) {
      // Of a holder that died, and ends while Redis stands still.
      await redis().ask('SET', 'unexpired:{late}:turn', 'dead', 'PX', 650)
      let running = 0
      let most = 0
      const work = async (): Promise<void> => {
        most = Math.max(most, (running += 1))
        await pause(400)
        running -= 1
      }
      const turns = stores.map((store) => store.exclusive(work, { waitMs: 20_000 }))
      await pause(100 + round * 60)
      redis().freeze()
      await pause(timeoutMs + 60 + round * 15)
      redis().thaw()
      await Promise.all(turns)
      expect(most).toBe(1)
    }
  })
})
