import { setTimeout as pause } from 'node:timers/promises'

import { redisStore } from 'unexpired/redis'
import { describe, expect, onTestFinished, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { aroundScripts } from './harness/around-scripts.js'
import { connect, libraries } from './harness/redis-clients.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

const timeoutMs = 200

/** This process does nothing, and hears nothing. */
function standStill(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe.each(libraries)('an answer, through %s', (library) => {
  test('G31 that came while this process stood still is not taken for none', async () => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann', { timeoutMs: 500 })
    await store.replace(undefined, record(1))
    redis().freeze()
    onTestFinished(() => redis().thaw())
    const writing = Promise.resolve(store.replace(record(1), record(2)))
    writing.catch(() => undefined)
    // It is asked, and cannot answer before we stand still.
    await pause(50)
    // After what was read, and before the timers that are due then.
    setImmediate(() => {
      redis().thaw()
      standStill(1_000)
    })
    expect(await writing).toBe(true)
  })

  test('G1 G5 that came in time is not given back when that time is over', async () => {
    const { client } = await connect(library, redis())
    const [holder, waiter] = [
      redisStore(client, 'ann', { timeoutMs }),
      redisStore(client, 'ann', { timeoutMs }),
    ]
    const work = async (): Promise<string> => {
      await pause(2 * timeoutMs)
      await expect(waiter.exclusive(async () => 'both', { waitMs: 100 })).rejects.toThrow(
        'no turn within 100 ms',
      )
      return 'alone'
    }
    expect(await holder.exclusive(work, { waitMs: 1_000 })).toBe('alone')
  })

  test('G31 that is none of ours is told as what it is', async () => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann', { timeoutMs })
    aroundScripts(client, () => Promise.resolve('OK'))
    const words = 'Redis answered with string, not with a list'
    await expect(store.replace(undefined, record(1))).rejects.toThrow(words)
  })

  test('G31 that is an error without words is told as a Redis that cannot be reached', async () => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann', { timeoutMs })
    // As Node says it of a host that refuses on each of its addresses.
    aroundScripts(client, () => Promise.reject(new AggregateError([])))
    const words = 'Redis cannot be reached'
    await expect(store.replace(undefined, record(1))).rejects.toThrow(words)
  })
})
