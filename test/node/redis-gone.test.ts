import { redisStore } from 'unexpired/redis'
import type { RedisStoreOptions } from 'unexpired/redis'
import type { TokenServerOptions } from 'unexpired/testing'
import { describe, expect, onTestFinished, test } from 'vitest'

import { unhandled } from '../core/signing.js'
import { claimPort } from '../support/claim-port.js'
import { connect, libraries } from './harness/redis-clients.js'
import type { ConnectOptions, Library } from './harness/redis-clients.js'
import { openServer, openUser, timed } from './harness/redis-user.js'
import { needRedis, startRedis } from './harness/redis.js'
import type { RedisServer } from './harness/redis.js'

needRedis()

const quick: RedisStoreOptions = { leaseMs: 2_000, timeoutMs: 300 }

/** What a refresh asks Redis for before its tokens are given out: the turn, the look, the commit. */
const callsBeforeTokens = 3

/** Until then a refresh beside a dead Redis is done, on a busy machine too (milliseconds). */
const boundMs = callsBeforeTokens * 300 + 1_500

const ok = (count: number): number[] => Array.from({ length: count }, () => 200)

async function annAt(
  library: Library,
  redis: Pick<RedisServer, 'port'>,
  options: TokenServerOptions & ConnectOptions = {},
) {
  const connection = await connect(library, redis, options)
  const store = redisStore(connection.client, 'ann', quick)
  const server = await openServer(options)
  return { ...connection, store, server, user: openUser(store, server) }
}

const stored = async (redis: RedisServer): Promise<Record<string, unknown> | null> => {
  const text = await redis.ask('GET', 'unexpired:{ann}:session')
  return typeof text === 'string' ? (JSON.parse(text) as Record<string, unknown>) : null
}

/** A write that failed is tried again after a second, then two, and so on. */
const writtenSoon = { timeout: 10_000, interval: 50 }

describe.each(libraries)('Redis is gone, through %s', (library) => {
  test('G31 never reachable: a session signs in, refreshes and signs out from memory', async () => {
    const lost = unhandled()
    const { port, release } = await claimPort()
    onTestFinished(release)
    const { user, server } = await annAt(library, { port }, { isImpatient: true })
    const signIn = await timed(() => user.signIn())
    expect(signIn.ms).toBeLessThan(boundMs)
    expect(await user.herd(5)).toEqual(ok(5))

    server.orders.expireNow()
    const herd = await timed(() => user.herd(10))
    expect(herd.value).toEqual(ok(10))
    expect(herd.ms).toBeLessThan(boundMs)
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })

    const signOut = await timed(() => user.session.signOut())
    expect(signOut.ms).toBeLessThan(boundMs)
    expect(user.session.status).toBe('signed-out')
    expect(user.events('store-failed').length).toBeGreaterThan(2)
    expect(user.events('turn-missed')).toHaveLength(1)
    expect(lost).toEqual([])
  })

  test('G31 killed: one local refresh, tokens from memory, written when it is back', async () => {
    const lost = unhandled()
    const redis = await startRedis()
    const { user, server, store } = await annAt(library, redis)
    await user.signIn()
    await redis.kill()
    expect(await user.herd(5)).toEqual(ok(5))

    server.orders.expireNow()
    const herd = await timed(() => user.herd(10))
    expect(herd.value).toEqual(ok(10))
    expect(herd.ms).toBeLessThan(boundMs)
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    expect(user.events('store-failed')).not.toEqual([])
    // With a live token nobody waits for Redis.
    expect((await timed(() => user.herd(10))).ms).toBeLessThan(250)

    await redis.start()
    await expect.poll(() => stored(redis), writtenSoon).toMatchObject({ generation: 2 })
    // What was asked for while nobody answered has left no turn behind.
    const { ms } = await timed(() => store.exclusive(async () => true, { waitMs: 5_000 }))
    expect(ms).toBeLessThan(1_000)
    server.orders.expireNow()
    expect(await user.herd(3)).toEqual(ok(3))
    expect(await stored(redis)).toMatchObject({ generation: 3 })
    expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
    expect(lost).toEqual([])
  })

  test('G31 a sign-out while it is gone is written when it is back', async () => {
    const redis = await startRedis()
    const { user } = await annAt(library, redis)
    await user.signIn()
    await redis.kill()
    const { ms } = await timed(() => user.session.signOut())
    expect(ms).toBeLessThan(boundMs)
    await redis.start()
    await expect.poll(() => stored(redis), writtenSoon).toMatchObject({ generation: 2 })
    expect(await stored(redis)).not.toHaveProperty('tokens')
  })

  test('G31 who watches writes the record again that went with it', async () => {
    const redis = await startRedis()
    const { user } = await annAt(library, redis)
    await user.signIn()
    await redis.kill()
    await redis.start()
    // Nothing is asked of the session.
    await expect.poll(() => stored(redis), writtenSoon).toMatchObject({ generation: 1 })
  })

  test('a turn that was asked for too late is not kept', async () => {
    const redis = await startRedis()
    const late = await connect(library, redis)
    const leaseMs = 30_000
    const store = redisStore(late.client, 'ann', { leaseMs, timeoutMs: 200 })
    for (const fault of ['frozen', 'killed']) {
      if (fault === 'frozen') redis.freeze()
      else await redis.kill()
      let isRun = false
      const asked = store.exclusive(async () => (isRun = true), { waitMs: 1_000 })
      await expect(asked).rejects.toBeInstanceOf(Error)
      if (fault === 'frozen') redis.thaw()
      else await redis.start()
      const other = await connect(library, redis)
      const next = redisStore(other.client, 'ann', { leaseMs })
      expect(await next.exclusive(async () => 'taken', { waitMs: 10_000 })).toBe('taken')
      expect(isRun).toBe(false)
    }
  })

  test('G14 G31 connections that are cut all the time cost no refresh and no session', async () => {
    const lost = unhandled()
    const redis = await startRedis()
    const { user, server } = await annAt(library, redis)
    await user.signIn()
    let isOver = false
    const cutting = (async () => {
      while (!isOver) {
        await redis.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        await redis.ask('CLIENT', 'KILL', 'TYPE', 'pubsub')
        await new Promise((done) => void setTimeout(done, 20))
      }
    })()
    for (let round = 1; round <= 10; round += 1) {
      server.orders.expireNow()
      expect(await user.herd(5)).toEqual(ok(5))
      expect(server.counts).toMatchObject({ refreshes: round, familiesRevoked: 0 })
    }
    isOver = true
    await cutting
    await expect.poll(() => stored(redis), writtenSoon).toMatchObject({ generation: 11 })
    expect(lost).toEqual([])
  })

  test('G6 G31 restarted in the middle of a refresh: nobody loses the session', async () => {
    const redis = await startRedis()
    // Two refresh at once, as Redis forgot whose turn it was: a strict server would take that for theft.
    const rotation = { graceMs: 30_000 }
    const { user, server } = await annAt(library, redis, { rotation, latency: { refresh: 800 } })
    await user.signIn()
    const other = openUser(redisStore((await connect(library, redis)).client, 'ann', quick), server)
    await expect.poll(() => other.session.status).toBe('active')
    server.orders.expireNow()
    const early = user.herd(5)
    await expect.poll(() => server.counts.maxConcurrentRefreshes).toBe(1)
    await redis.kill()
    await redis.start()
    const late = other.herd(5)
    expect([...(await early), ...(await late)]).toEqual(ok(10))
    const sessions = [user.session, other.session]
    await expect
      .poll(() => new Set(sessions.map(({ tokens }) => tokens?.accessToken)).size, writtenSoon)
      .toBe(1)
    server.orders.expireNow()
    expect([...(await user.herd(3)), ...(await other.herd(3))]).toEqual(ok(6))
    expect(server.counts).toMatchObject({ familiesRevoked: 0 })
  })
})
