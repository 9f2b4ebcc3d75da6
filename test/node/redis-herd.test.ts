import { setTimeout as pause } from 'node:timers/promises'

import { describe, expect, test } from 'vitest'

import { openServer } from './harness/place.js'
import { startWorkers } from './harness/processes.js'
import type { Worker } from './harness/processes.js'
import { libraries } from './harness/redis-clients.js'
import type { Library } from './harness/redis-clients.js'
import { useRedis } from './harness/redis.js'
import type { RedisServer } from './harness/redis.js'
import { eventually } from './harness/sharing.js'
import { expectOneRefreshEach, signInAll, userNames } from './redis-herd.js'

const redis = useRedis()
const users = userNames(200)

/** How many commands Redis was sent since the last reset, by all that is not this question. */
async function commandsOf(server: RedisServer): Promise<number> {
  const counts = Object.entries(await server.counts())
  return counts.reduce(
    (sum, [name, calls]) => (['hello', 'info'].includes(name) ? sum : sum + calls),
    0,
  )
}

/** Waits until nobody has anything left to do in Redis. */
async function quiet(server: RedisServer): Promise<void> {
  // Waiters look again after half a second at most.
  const sentMeanwhile = async (): Promise<number> => {
    const before = await commandsOf(server)
    await pause(700)
    return (await commandsOf(server)) - before
  }
  await eventually(sentMeanwhile).toBe(0)
}

/** What is slow here is the machine, which has two cores for ten processes. */
const options = { leaseMs: 30_000, timeoutMs: 20_000 }

function start(library: Library, url: string): Promise<Worker[]> {
  const place = { kind: 'redis', library, url: redis().url, options } as const
  return startWorkers(8, { url, place, session: { refreshTimeoutMs: 30_000 } })
}

describe.each(libraries)('eight processes with two hundred users, by %s', (library) => {
  test('G1 G4 refresh once for each user and expiry, however they notice it', async () => {
    const server = await openServer({ accessTokenLifetime: 3600, latency: { refresh: 20 } })
    const workers = await start(library, server.url)
    const herd = { server, workers, users }
    await signInAll(herd)

    // The server says so.
    for (const generation of [2, 3]) {
      await expectOneRefreshEach(herd, generation, server.orders.expireNow)
    }
    // The clocks say so: the requests are held.
    const sleep = () => Promise.all(workers.map((worker) => worker.call('sleep', 7_200_000)))
    await expectOneRefreshEach(herd, 4, sleep)
    expect(server.counts.turnedAway).toBe(0)

    await quiet(redis())
    // With a live token nothing is asked of Redis.
    const before = await commandsOf(redis())
    const live = await Promise.all(workers.map((worker) => worker.call('send', users, 1)))
    expect(new Set(live.flat().map(({ status }) => status))).toEqual(new Set([200]))
    expect((await commandsOf(redis())) - before).toBe(0)
    expect(await redis().ask('DBSIZE')).toBe(users.length)
  }, 180_000)
})
