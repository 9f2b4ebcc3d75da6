import { redisStore } from 'unexpired/redis'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { record, signedOut } from '../stores/store-records.js'
import { connect, libraries } from './harness/redis-clients.js'
import type { Library } from './harness/redis-clients.js'
import { needRedis, scriptsIn, startRedis } from './harness/redis.js'
import type { RedisServer } from './harness/redis.js'

needRedis()

/** What was said by now has been heard. */
const settled = (): Promise<void> => new Promise((done) => void setTimeout(done, 60))

async function openStore(library: Library, redis: RedisServer) {
  const { client } = await connect(library, redis)
  return redisStore(client, 'ann')
}

/** A watcher that hears all that is said from here on. */
async function watch(redis: RedisServer, store: ReturnType<typeof redisStore>) {
  const changed = vi.fn()
  const stop = store.watch(changed)
  onTestFinished(stop)
  await expect.poll(() => redis.ask('PUBSUB', 'NUMSUB', 'unexpired:{ann}')).toContain(1)
  await settled()
  return { changed, stop }
}

describe.each(libraries)('who watches, through %s', (library) => {
  test('is told of each write once, be it one’s own or another’s, and asks nothing for it', async () => {
    const redis = await startRedis()
    const [one, other] = [await openStore(library, redis), await openStore(library, redis)]
    const { changed } = await watch(redis, one)
    expect(changed).not.toHaveBeenCalled()
    await redis.resetCounts()
    await one.replace(undefined, record(1))
    await one.replace(record(1), record(2))
    await settled()
    expect(changed).toHaveBeenCalledTimes(2)
    await other.replace(record(2), record(3))
    await other.replace(record(3), signedOut(4))
    await settled()
    expect(changed).toHaveBeenCalledTimes(4)
    // A look of each before its first write.
    expect(scriptsIn(await redis.counts())).toBe(6)
  })

  test('is not told of turns', async () => {
    const redis = await startRedis()
    const [one, other] = [await openStore(library, redis), await openStore(library, redis)]
    const { changed } = await watch(redis, one)
    await other.replace(undefined, record(1))
    await other.exclusive(async () => undefined, { waitMs: 1_000 })
    await settled()
    expect(changed).toHaveBeenCalledTimes(1)
  })

  test('is told once of a change that is said twice', async () => {
    const redis = await startRedis()
    const { changed } = await watch(redis, await openStore(library, redis))
    for (let times = 1; times <= 2; times += 1) {
      await redis.ask('PUBLISH', 'unexpired:{ann}', 'somebody 2 digest')
    }
    await settled()
    expect(changed).toHaveBeenCalledTimes(1)
  })

  test('is told at first of what is there, but not of what was read before', async () => {
    const redis = await startRedis()
    const other = await openStore(library, redis)
    await other.replace(undefined, record(1))
    const { changed, stop } = await watch(redis, await openStore(library, redis))
    expect(changed).toHaveBeenCalledTimes(1)
    stop()
    const reader = await openStore(library, redis)
    await reader.load()
    const { changed: again } = await watch(redis, reader)
    expect(again).not.toHaveBeenCalled()
  })

  test('is told at first of what has changed since it was read', async () => {
    const redis = await startRedis()
    const [one, other] = [await openStore(library, redis), await openStore(library, redis)]
    await one.load()
    await other.replace(undefined, record(1))
    expect((await watch(redis, one)).changed).toHaveBeenCalledTimes(1)
  })

  test('hears on when another session here stops', async () => {
    const redis = await startRedis()
    const [one, other] = [await openStore(library, redis), await openStore(library, redis)]
    const gone = vi.fn()
    const stop = one.watch(gone)
    const { changed } = await watch(redis, one)
    stop()
    await other.replace(undefined, record(1))
    await settled()
    expect(changed).toHaveBeenCalledTimes(1)
    expect(gone).not.toHaveBeenCalled()
  })

  test('hears on when another store of the client stops, or it stops and begins again', async () => {
    const redis = await startRedis()
    const { client } = await connect(library, redis)
    const other = await openStore(library, redis)
    // It keeps the connection.
    onTestFinished(redisStore(client, 'bob').watch(() => undefined))
    const gone = vi.fn()
    const stop = redisStore(client, 'ann').watch(gone)
    const own = redisStore(client, 'ann')
    const { changed, stop: stopOwn } = await watch(redis, own)
    stop()
    await settled()
    await other.replace(undefined, record(1))
    await settled()
    expect(changed).toHaveBeenCalledTimes(1)
    stopOwn()
    const again = vi.fn()
    onTestFinished(own.watch(again))
    await settled()
    await other.replace(record(1), record(2))
    await settled()
    expect(again).toHaveBeenCalledTimes(1)
    expect(changed).toHaveBeenCalledTimes(1)
    expect(gone).not.toHaveBeenCalled()
  })

  test('is told, once, where nobody may hear of changes, also who comes later or again', async () => {
    const redis = await startRedis()
    await redis.ask('ACL', 'SETUSER', 'default', 'resetchannels')
    const store = await openStore(library, redis)
    const ignore = (): void => undefined
    const degradeds = [vi.fn(), vi.fn(), vi.fn()] as const
    const stops = [store.watch(ignore), store.watch(ignore, degradeds[0])]
    await expect.poll(() => degradeds[0].mock.calls).toHaveLength(1)
    stops.push(store.watch(ignore), store.watch(ignore, degradeds[1]))
    for (const degraded of degradeds.slice(0, 2)) {
      const message = 'no messages: changes are looked for each 5 s'
      expect(degraded.mock.calls).toEqual([['messages', message]])
    }
    for (const stop of stops) stop()
    onTestFinished(store.watch(ignore, degradeds[2]))
    expect(degradeds[2]).not.toHaveBeenCalled()
    await expect.poll(() => degradeds[2].mock.calls).toHaveLength(1)
    expect(degradeds[0]).toHaveBeenCalledTimes(1)
  })

  test('is told so once, though the app’s client ended and began again meanwhile', async () => {
    const redis = await startRedis()
    await redis.ask('ACL', 'SETUSER', 'default', 'resetchannels')
    const { client, close, reopen } = await connect(library, redis)
    const degraded = vi.fn()
    onTestFinished(redisStore(client, 'ann').watch(() => undefined, degraded))
    await expect.poll(() => degraded.mock.calls).toHaveLength(1)
    await close()
    await settled()
    await reopen()
    await settled()
    expect(degraded).toHaveBeenCalledTimes(1)
  })
})
