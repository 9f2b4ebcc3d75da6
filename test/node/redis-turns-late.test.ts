import { getEventListeners } from 'node:events'

import { redisStore } from 'unexpired/redis'
import type { RedisStoreOptions } from 'unexpired/redis'
import { describe, expect, test, vi } from 'vitest'

import { aroundScripts } from './harness/around-scripts.js'
import { connect, libraries } from './harness/redis-clients.js'
import { timed } from './harness/redis-user.js'
import { needRedis, startRedis } from './harness/redis.js'
import type { RedisServer } from './harness/redis.js'

needRedis()

const turnKey = 'unexpired:{ann}:turn'

const pause = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms))

const forEver = (): Promise<void> => new Promise(() => undefined)

describe.each(libraries)('turns that go wrong, through %s', (library) => {
  async function open(redis: RedisServer, options: RedisStoreOptions) {
    const { client } = await connect(library, redis)
    const store = redisStore(client, 'ann', options)
    // Redis knows the scripts from here on.
    await store.exclusive(async () => undefined, { waitMs: 1_000 })
    return { client, store }
  }

  test('G5 a turn that cannot be renewed is lost when its lease ends, and that is told at once', async () => {
    const redis = await startRedis()
    const leaseMs = 400
    const { store } = await open(redis, { leaseMs, timeoutMs: 3_000 })
    const work = (): Promise<void> => {
      redis.freeze()
      return forEver()
    }
    const { ms } = await timed(() =>
      expect(store.exclusive(work, { waitMs: 1_000 })).rejects.toThrow('not renewed in time'),
    )
    expect(ms).toBeGreaterThan(leaseMs - 20)
    expect(ms).toBeLessThan(leaseMs + 1_000)
  })

  test('who waits and is told that nobody needs it any more stops at once, and leaves nothing', async () => {
    const redis = await startRedis()
    const { store } = await open(redis, {})
    const { store: waiter } = await open(redis, {})
    // It would look again after half a second.
    vi.spyOn(Math, 'random').mockReturnValue(0.99)
    const leaving = new AbortController()
    const { signal } = leaving
    await store.exclusive(
      async () => {
        const waiting = waiter.exclusive(forEver, { waitMs: 10_000, signal })
        waiting.catch(() => undefined)
        await expect.poll(() => redis.ask('PUBSUB', 'CHANNELS')).toHaveLength(1)
        const { ms } = await timed(() => {
          leaving.abort()
          return expect(waiting).rejects.toThrow('nobody waits for the turn')
        })
        expect(ms).toBeLessThan(300)
        expect(getEventListeners(signal, 'abort')).toEqual([])
        await expect.poll(() => redis.ask('PUBSUB', 'CHANNELS')).toEqual([])
      },
      { waitMs: 1_000 },
    )
    const late = waiter.exclusive(forEver, { waitMs: 10_000, signal })
    await expect(late).rejects.toThrow('nobody waits for the turn')
    expect(await redis.ask('EXISTS', turnKey)).toBe(0)
  })

  test('a turn that is given when nobody waits for it any more is given back', async () => {
    const redis = await startRedis()
    const { client, store } = await open(redis, { timeoutMs: 400 })
    let runs = 0
    aroundScripts(client, async (run) => {
      const answer = await run()
      if (++runs === 1) await pause(1_200)
      return answer
    })
    const { ms } = await timed(() =>
      expect(store.exclusive(forEver, { waitMs: 5_000 })).rejects.toThrow('did not answer'),
    )
    expect(ms).toBeLessThan(2_000)
    expect(await redis.ask('EXISTS', turnKey)).toBe(1)
    await expect.poll(() => redis.ask('EXISTS', turnKey), { timeout: 4_000 }).toBe(0)
  })

  test('who waits goes on waiting where Redis that answered is slow for once', async () => {
    const redis = await startRedis()
    const { store: holder } = await open(redis, {})
    const { client, store } = await open(redis, { timeoutMs: 800 })
    let runs = 0
    aroundScripts(client, async (run) => {
      const answer = await run()
      runs += 1
      // Longer than it is given, and then longer than what a Redis that is away is given.
      if (runs > 1) await pause(runs === 2 ? 900 : 300)
      return answer
    })
    let waiting: Promise<unknown> = Promise.resolve()
    await holder.exclusive(
      async () => {
        waiting = store.exclusive(async () => 'taken', { waitMs: 4_000 })
        await expect.poll(() => runs).toBeGreaterThan(0)
      },
      { waitMs: 1_000 },
    )
    expect(await waiting).toBe('taken')
  })

  test('G5 a turn that was over before it was known to be given is asked for again', async () => {
    const redis = await startRedis()
    const { client, store } = await open(redis, { leaseMs: 200, timeoutMs: 2_000 })
    let runs = 0
    aroundScripts(client, async (run) => {
      const answer = await run()
      if (++runs === 1) await pause(300)
      return answer
    })
    const isOurs = store.exclusive(() => redis.ask('EXISTS', turnKey), { waitMs: 2_000 })
    expect(await isOurs).toBe(1)
  })
})
