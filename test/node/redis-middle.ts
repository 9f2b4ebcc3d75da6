import type { Rotation } from 'unexpired/testing'
import { expect } from 'vitest'

import type { Step } from './harness/orders.js'
import { openServer } from './harness/place.js'
import { startWorkers } from './harness/processes.js'
import type { Held } from './harness/processes.js'
import type { RedisServer } from './harness/redis.js'
import { eventually, signInAll } from './harness/sharing.js'

/** Shorter than any process stands still here, unless it is stopped (milliseconds). */
export const leaseMs = 1_200

/** Two processes on one Redis: one is held in the middle of its refresh, the other, or others, wait behind it. */
export async function inTheMiddleOnRedis(
  redis: RedisServer,
  step: Step,
  rotation: Rotation,
  others = 0,
) {
  const server = await openServer({ rotation })
  const options = { leaseMs, timeoutMs: 20_000 }
  const place = { kind: 'redis', library: 'ioredis', url: redis.url, options } as const
  const [holder, waiter, ...more] = await startWorkers(2 + others, { url: server.url, place })
  if (!holder || !waiter) expect.unreachable()
  const waiters = [waiter, ...more]
  await signInAll([holder, ...waiters])
  server.orders.expireNow()
  const held: Held = await holder.holdAt(step)
  await holder.call('begin', 'ann', 3)
  await held.reached
  // That it has sent does not say that it has come.
  if (step === 'sent') await eventually(() => server.counts.refreshes).toBe(1)
  await Promise.all(waiters.map((each) => each.call('begin', 'ann', 3)))
  // Where the holder is done already, they are served.
  await eventually(() => server.counts.turnedAway + server.counts.served).toBeGreaterThanOrEqual(
    6 + 3 * others,
  )
  return { server, holder, waiter, waiters, held }
}
