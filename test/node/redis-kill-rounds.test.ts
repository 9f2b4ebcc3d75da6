import { setTimeout as pause } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { openServer } from './harness/place.js'
import { startWorker } from './harness/processes.js'
import type { Worker } from './harness/processes.js'
import { useRedis } from './harness/redis.js'
import { eventually } from './harness/sharing.js'
import { userNames } from './redis-herd.js'

const redis = useRedis()
const users = userNames(4)
const rounds = Number(process.env['UNEXPIRED_KILL_ROUNDS'] ?? 200)

/** Longer than the refreshes of a round take: some are killed before, some after, most within (milliseconds). */
const withinMs = 50

/** What whoever comes next waits for, and 200 times. On a busy machine some lose it alive: that is no harm here. */
const leaseMs = 150

const alive = 3

test(`G5 G15 no session is lost when a process is killed at a random moment, ${rounds} times`, async () => {
  const server = await openServer({ rotation: { graceMs: 60_000 }, latency: { refresh: 8 } })
  const place = {
    kind: 'redis',
    library: 'ioredis',
    url: redis().url,
    options: { leaseMs, timeoutMs: 20_000 },
  } as const
  const start = async (): Promise<Worker> => {
    const worker = await startWorker({ url: server.url, place })
    await Promise.all(users.map((user) => worker.call('ready', user)))
    return worker
  }
  const workers = await Promise.all(Array.from({ length: alive }, start))
  await Promise.all(users.map(async (user) => workers[0]?.call('signIn', user)))
  const next = [start(), start()]

  let seen = 0
  let duplicates = 0
  /** Everybody has the same tokens of each user, and nobody seeks others. */
  const agreed = async (): Promise<boolean> => {
    const all = await Promise.all(
      users.map((user) => Promise.all(workers.map((worker) => worker.call('status', user)))),
    )
    return all.every(([first, ...others]) =>
      [first, ...others].every(
        (one) => one?.status === 'active' && one.generation === first?.generation,
      ),
    )
  }
  await eventually(agreed).toBe(true)

  for (let round = 0; round < rounds; round += 1) {
    const { refreshesGranted } = server.counts
    server.orders.expireNow()
    const answers = workers.map((worker) =>
      worker.call('send', users, 2).then(
        (outcomes) => ({ worker, outcomes }),
        () => ({ worker, outcomes: [] }),
      ),
    )
    await pause(Math.random() * withinMs)
    const [dead] = workers.splice(Math.floor(Math.random() * alive), 1)
    await dead?.kill()
    for (const { worker, outcomes } of await Promise.all(answers)) {
      if (worker === dead) continue
      expect(outcomes).toHaveLength(2 * users.length)
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 200 })
      seen += outcomes.length
    }
    duplicates += server.counts.refreshesGranted - refreshesGranted - users.length
    workers.push((await next.shift()) as Worker)
    next.push(start())
    await eventually(agreed).toBe(true)
  }

  expect(seen).toBe(rounds * (alive - 1) * 2 * users.length)
  // Some died between the server's rotation and their commit, or this shows nothing.
  expect(duplicates).toBeGreaterThan(0)
  expect(server.counts).toMatchObject({
    signIns: users.length,
    familiesRevoked: 0,
    refreshesRefused: 0,
  })
  for (const worker of workers) expect(await worker.call('signedOut')).toEqual([])
  await Promise.all(next)
}, 240_000)
