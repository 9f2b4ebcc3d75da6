import { setTimeout as pause } from 'node:timers/promises'

import { redisStore } from 'unexpired/redis'
import { describe, expect, onTestFinished, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { connect, libraries } from './harness/redis-clients.js'
import { openServer, openUser } from './harness/redis-user.js'
import { needRedis, startRedis } from './harness/redis.js'
import type { RedisServer } from './harness/redis.js'

needRedis()

/** How many connections it has besides the one that asks. */
async function connections(redis: RedisServer, type: 'normal' | 'pubsub'): Promise<number> {
  const lines = String(await redis.ask('CLIENT', 'LIST', 'TYPE', type)).trim()
  const all = lines === '' ? 0 : lines.split('\n').length
  return type === 'normal' ? all - 1 : all
}

describe.each(libraries)('connections of ours, through %s', (library) => {
  test('there is one for all stores of a client, and none when nobody watches', async () => {
    const redis = await startRedis()
    const { client } = await connect(library, redis)
    const server = await openServer()
    const users = Array.from({ length: 50 }, (_, at) =>
      openUser(redisStore(client, `user-${at}`), server),
    )
    await Promise.all(users.map((user) => user.signIn()))
    await expect.poll(() => connections(redis, 'pubsub')).toBe(1)
    expect(await connections(redis, 'normal')).toBe(1)
    expect(await redis.ask('PUBSUB', 'NUMSUB', 'unexpired:{user-7}')).toContain(1)

    for (const { session } of users.slice(0, 49)) session.close()
    await expect.poll(() => redis.ask('PUBSUB', 'CHANNELS')).toEqual(['unexpired:{user-49}'])
    users[49]?.session.close()
    await expect.poll(() => connections(redis, 'pubsub')).toBe(0)
    expect(await connections(redis, 'normal')).toBe(1)

    // And one again for who comes next.
    const next = openUser(redisStore(client, 'user-0'), server)
    await next.session.ready
    await expect.poll(() => connections(redis, 'pubsub')).toBe(1)
  })

  test('who goes and comes again at once hears what is said, as a user of a full pool does', async () => {
    const redis = await startRedis()
    const { client } = await connect(library, redis)
    const other = redisStore(client, 'bob')
    onTestFinished(other.watch(() => undefined))
    await expect.poll(() => redis.ask('PUBSUB', 'CHANNELS')).toEqual(['unexpired:{bob}'])
    for (let round = 1; round <= 5; round += 1) {
      redisStore(client, 'ann').watch(() => undefined)()
      const stop = redisStore(client, 'ann').watch(() => undefined)
      await expect.poll(() => redis.ask('PUBSUB', 'CHANNELS')).toContain('unexpired:{ann}')
      stop()
      // A little later: what takes it away is on its way, and not answered yet.
      for (let turn = 0; turn < round * 4; turn += 1) await Promise.resolve()
      let told = 0
      const stopAgain = redisStore(client, 'ann').watch(() => void (told += 1))
      await expect
        .poll(async () => {
          const store = redisStore(client, 'ann')
          await store.replace(await store.load(), record(round))
          return told
        })
        .toBeGreaterThan(0)
      await pause(50)
      const before = told
      const store = redisStore(client, 'ann')
      await store.replace(await store.load(), record(round + 100))
      await expect.poll(() => told).toBeGreaterThan(before)
      stopAgain()
    }
  })

  test('they end with a client that is ended while Redis is away, too', async () => {
    const redis = await startRedis()
    const { client, quit } = await connect(library, redis)
    onTestFinished(redisStore(client, 'ann').watch(() => undefined))
    await expect.poll(() => connections(redis, 'pubsub')).toBe(1)
    await redis.kill()
    // Between two tries of both to connect.
    await pause(300)
    quit()
    await redis.start()
    await pause(2_500)
    expect(await connections(redis, 'pubsub')).toBe(0)
  })

  test('turns without a watcher leave none behind', async () => {
    const redis = await startRedis()
    const { client } = await connect(library, redis)
    const stores = [1, 2, 3].map(() => redisStore(client, 'ann'))
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(stores.map((store) => store.exclusive(async () => 1, { waitMs: 5_000 })))
    }
    await expect.poll(() => connections(redis, 'pubsub')).toBe(0)
    await expect.poll(() => connections(redis, 'normal')).toBe(1)
  })

  test('one that nobody needs any more before it is there does not stay', async () => {
    const redis = await startRedis()
    const { client } = await connect(library, redis)
    for (let round = 1; round <= 5; round += 1) {
      redisStore(client, 'ann').watch(() => undefined)()
      await pause(round)
    }
    await pause(500)
    expect(await connections(redis, 'normal')).toBe(1)
    expect(await connections(redis, 'pubsub')).toBe(0)
  })

  test('they end with the app’s client, and do not come back without it', async () => {
    const redis = await startRedis()
    const { client, close } = await connect(library, redis)
    const server = await openServer()
    const user = openUser(redisStore(client, 'ann', { timeoutMs: 200 }), server)
    await user.signIn()
    await expect.poll(() => connections(redis, 'pubsub')).toBe(1)
    await close()
    await expect.poll(() => connections(redis, 'pubsub')).toBe(0)
    // A request that comes yet is served from memory, and so is somebody new.
    server.orders.expireNow()
    expect(await user.send()).toBe(200)
    await openUser(redisStore(client, 'bob', { timeoutMs: 200 }), server).session.ready
    // One that came back would be there by now.
    await pause(300)
    expect(await connections(redis, 'pubsub')).toBe(0)
    expect(await connections(redis, 'normal')).toBe(0)
  })

  test('a client that is connected again while nobody watches opens none', async () => {
    const redis = await startRedis()
    const { client, close, reopen } = await connect(library, redis)
    const stop = redisStore(client, 'ann').watch(() => undefined)
    await expect.poll(() => connections(redis, 'pubsub')).toBe(1)
    stop()
    await expect.poll(() => connections(redis, 'pubsub')).toBe(0)
    await close()
    await expect.poll(() => connections(redis, 'normal')).toBe(0)
    await reopen()
    await redisStore(client, 'ann').load()
    expect(await connections(redis, 'pubsub')).toBe(0)
    // Nor one that subscribes to nothing.
    expect(await connections(redis, 'normal')).toBe(1)
  })

  test('a client that ended and is connected again hears of changes again', async () => {
    const redis = await startRedis()
    const { client, close, reopen } = await connect(library, redis)
    const server = await openServer()
    const user = openUser(redisStore(client, 'ann', { timeoutMs: 200 }), server)
    await user.signIn()
    await expect.poll(() => connections(redis, 'pubsub')).toBe(1)
    await close()
    await expect.poll(() => connections(redis, 'pubsub')).toBe(0)
    await reopen()
    const other = openUser(redisStore((await connect(library, redis)).client, 'ann'), server)
    await other.session.ready
    await other.session.signOut()
    await expect.poll(() => user.session.status, { timeout: 5_000 }).toBe('signed-out')
  })

  test('what changed while Redis or the connection was away is noticed when it is back', async () => {
    const redis = await startRedis()
    const { client } = await connect(library, redis)
    let told = 0
    const store = redisStore(client, 'ann')
    await store.load()
    store.watch(() => void (told += 1))
    await expect.poll(() => connections(redis, 'pubsub')).toBe(1)
    await store.load()
    told = 0
    // In one step, so that nobody can subscribe in between.
    const text = JSON.stringify(record(7))
    const write = `redis.call('SET', 'unexpired:{ann}:session', ARGV[1])`
    await redis.ask('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await redis.ask('EVAL', write, 0, text)
    await expect.poll(() => told).toBeGreaterThan(0)
    expect(await store.load()).toEqual(record(7))
  })

  test.for([
    { sessions: 40, leastMs: 0, mostMs: 800 },
    { sessions: 400, leastMs: 150, mostMs: 2_500 },
  ])(
    '$sessions sessions look in as many milliseconds when it is back',
    async ({ sessions, leastMs, mostMs }) => {
      const redis = await startRedis()
      const { client } = await connect(library, redis)
      const toldAt = new Map<number, number>()
      for (let user = 0; user < sessions; user += 1) {
        const told = (): void => void toldAt.set(user, performance.now())
        onTestFinished(redisStore(client, `user-${user}`).watch(told))
      }
      await expect.poll(() => redis.ask('PUBSUB', 'CHANNELS')).toHaveLength(sessions)
      await pause(60)
      toldAt.clear()
      await redis.ask('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await expect.poll(() => toldAt.size, { timeout: 5_000 }).toBe(sessions)
      const spreadMs = Math.max(...toldAt.values()) - Math.min(...toldAt.values())
      expect(spreadMs).toBeGreaterThan(leastMs)
      expect(spreadMs).toBeLessThan(mostMs)
    },
  )
})
