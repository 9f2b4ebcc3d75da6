import { redisStore } from 'unexpired/redis'
import type { RedisStoreOptions } from 'unexpired/redis'
import { describe, expect, test } from 'vitest'

import { unhandled } from '../core/signing.js'
import { connect, libraries } from './harness/redis-clients.js'
import { openServer, openUser, timed } from './harness/redis-user.js'
import { needRedis, startRedis } from './harness/redis.js'
import type { RedisServer } from './harness/redis.js'

needRedis()

const quick: RedisStoreOptions = { leaseMs: 20_000, timeoutMs: 200 }

/** The turn, the look, the commit, and as much again for a busy machine (milliseconds). */
const boundMs = 3 * 200 + 1_500

const ok = (count: number): number[] => Array.from({ length: count }, () => 200)

/** How Redis stops to answer, and answers again. */
interface Fault {
  readonly name: string
  begin(redis: RedisServer): unknown
  end(redis: RedisServer): unknown
}

const faults: readonly Fault[] = [
  {
    name: 'CLIENT PAUSE',
    // It would not hear of its end.
    begin: (redis) => redis.ask('CLIENT', 'PAUSE', 1_500),
    end: () => undefined,
  },
  {
    name: 'CLIENT PAUSE of writes',
    begin: (redis) => redis.ask('CLIENT', 'PAUSE', 60_000, 'WRITE'),
    end: (redis) => redis.ask('CLIENT', 'UNPAUSE'),
  },
  {
    name: 'DEBUG SLEEP',
    // It answers when it has slept.
    begin: (redis) => void redis.ask('DEBUG', 'SLEEP', 1.5),
    end: () => undefined,
  },
  { name: 'SIGSTOP', begin: (redis) => redis.freeze(), end: (redis) => redis.thaw() },
]

const generation = async (redis: RedisServer): Promise<unknown> => {
  const text = await redis.ask('GET', 'unexpired:{ann}:session')
  return (JSON.parse(String(text)) as { generation?: number } | null)?.generation
}

describe.each(libraries)('Redis does not answer, through %s', (library) => {
  test.each(faults)('G31 $name: one local refresh, nothing hangs', async ({ begin, end }) => {
    const lost = unhandled()
    const redis = await startRedis()
    const { client } = await connect(library, redis)
    const server = await openServer()
    const user = openUser(redisStore(client, 'ann', quick), server)
    await user.signIn()
    await begin(redis)
    server.orders.expireNow()
    const herd = await timed(() => user.herd(10))
    expect(herd.value).toEqual(ok(10))
    expect(herd.ms).toBeLessThan(boundMs)
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    expect(user.events('store-failed')).not.toEqual([])

    await end(redis)
    const patient = { timeout: 10_000, interval: 50 }
    await expect.poll(() => generation(redis), patient).toBe(2)
    // Nobody has a turn who asked for it and went.
    const next = redisStore(client, 'ann', { leaseMs: 20_000 })
    expect(await next.exclusive(async () => 'taken', { waitMs: 10_000 })).toBe('taken')
    server.orders.expireNow()
    expect(await user.herd(3)).toEqual(ok(3))
    expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
    expect(await generation(redis)).toBe(3)
    expect(lost).toEqual([])
  })

  test('G6 two machines that refreshed without one another end with the same tokens', async () => {
    const redis = await startRedis()
    // Strictly, one of them would have spent what the other one used: docs/servers.md counts them.
    const server = await openServer({ rotation: { graceMs: 30_000 } })
    const users = await Promise.all(
      [1, 2].map(async () => {
        const { client } = await connect(library, redis)
        return openUser(redisStore(client, 'ann', quick), server)
      }),
    )
    const [one, other] = users
    if (!one || !other) expect.unreachable()
    await one.signIn()
    await expect.poll(() => other.session.status).toBe('active')
    redis.freeze()
    server.orders.expireNow()
    const herds = await timed(() => Promise.all(users.map((user) => user.herd(5))))
    expect(herds.value.flat()).toEqual(ok(10))
    expect(herds.ms).toBeLessThan(boundMs)
    expect(server.counts.refreshes).toBe(2)
    redis.thaw()
    const patient = { timeout: 10_000, interval: 50 }
    await expect
      .poll(() => one.session.tokens?.accessToken === other.session.tokens?.accessToken, patient)
      .toBe(true)
    server.orders.expireNow()
    expect((await Promise.all(users.map((user) => user.herd(5)))).flat()).toEqual(ok(10))
    expect(server.counts).toMatchObject({ refreshes: 3, familiesRevoked: 0 })
  })
})
