import { redisStore } from 'unexpired/redis'
import type { RedisStoreOptions } from 'unexpired/redis'
import { describe, expect, test } from 'vitest'

import { unhandled } from '../core/signing.js'
import { openAddress } from './harness/redis-address.js'
import { connect, libraries } from './harness/redis-clients.js'
import type { Library, RedisPlace } from './harness/redis-clients.js'
import { startReplicated, startWithSentinel } from './harness/redis-topologies.js'
import type { ReplicatedRedis } from './harness/redis-topologies.js'
import { openServer, openUser } from './harness/redis-user.js'
import { needRedis } from './harness/redis.js'
import type { RedisServer } from './harness/redis.js'

needRedis()

const quick: RedisStoreOptions = { leaseMs: 2_000, timeoutMs: 400 }

const ok = (count: number): number[] => Array.from({ length: count }, () => 200)

const patient = { timeout: 20_000, interval: 50 }

const generation = async (redis: RedisServer): Promise<unknown> => {
  const text = await redis.ask('GET', 'unexpired:{ann}:session')
  return (JSON.parse(String(text)) as { generation?: number } | null)?.generation
}

/** Two machines with a session that was refreshed once; the replica has not heard of that. */
async function loseTheLastWrite(library: Library, place: RedisPlace, pair: ReplicatedRedis) {
  const server = await openServer()
  const open = async () => {
    const { client } = await connect(library, place)
    return openUser(redisStore(client, 'ann', quick), server)
  }
  const [one, other] = [await open(), await open()]
  await one.signIn()
  await expect.poll(() => other.session.status).toBe('active')
  await expect.poll(() => generation(pair.replica), patient).toBe(1)
  await pair.sever()
  await one.session.refresh()
  await expect.poll(() => other.session.getSnapshot().generation).toBe(2)
  await pair.master.kill()
  pair.replica.thaw()
  expect(await generation(pair.replica)).toBe(1)
  return { one, other, server, open }
}

type Lost = Awaited<ReturnType<typeof loseTheLastWrite>>

/** Whoever has the newer tokens wrote them again; nobody spends the old refresh token. */
async function expectNothingLost(replica: RedisServer, { one, other, server, open }: Lost) {
  // Nothing is asked of the sessions.
  await expect.poll(() => generation(replica), patient).toBe(2)
  const third = await open()
  await third.session.ready
  server.orders.expireNow()
  const users = [one, other, third]
  expect((await Promise.all(users.map((user) => user.herd(3)))).flat()).toEqual(ok(9))
  expect(server.counts).toMatchObject({ refreshes: 2, reuseDetected: 0, familiesRevoked: 0 })
  expect(await generation(replica)).toBe(3)
}

describe.each(libraries)('failover that loses the last write, through %s', (library) => {
  test('G6 G31 a Sentinel puts a replica in place: the newer tokens are written again', async () => {
    const lost = unhandled()
    const redis = await startWithSentinel()
    const state = await loseTheLastWrite(library, redis, redis)
    // While nobody is the master, tokens come from memory.
    expect(await state.one.herd(3)).toEqual(ok(3))
    const role = (): Promise<unknown> => redis.replica.ask('INFO', 'replication')
    await expect.poll(role, patient).toContain('role:master')
    await expectNothingLost(redis.replica, state)
    expect(lost).toEqual([])
  })

  test('G6 G31 somebody puts a replica in place by hand: the newer tokens are written again', async () => {
    const lost = unhandled()
    const redis = await startReplicated()
    const address = await openAddress(redis.master)
    const state = await loseTheLastWrite(library, address, redis)
    // First it leads to one that may only be read.
    address.moveTo(redis.replica)
    expect(await state.one.herd(3)).toEqual(ok(3))
    await redis.replica.ask('REPLICAOF', 'NO', 'ONE')
    await expectNothingLost(redis.replica, state)
    expect(lost).toEqual([])
  })

  test('G31 a refresh in the middle of it is one, from memory, and written afterwards', async () => {
    const redis = await startWithSentinel()
    const server = await openServer()
    const { client } = await connect(library, redis)
    const user = openUser(redisStore(client, 'ann', quick), server)
    await user.signIn()
    await expect.poll(() => generation(redis.replica), patient).toBe(1)
    await redis.master.kill()
    server.orders.expireNow()
    expect(await user.herd(5)).toEqual(ok(5))
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    await expect.poll(() => generation(redis.replica), patient).toBe(2)
  })
})
