import { setTimeout as pause } from 'node:timers/promises'

import { describe, expect, test } from 'vitest'

import type { Step } from './harness/orders.js'
import { eventually, served, times } from './harness/sharing.js'
import { useRedis } from './harness/redis.js'
import { inTheMiddleOnRedis } from './redis-middle.js'

const redis = useRedis()

/** Long enough for somebody to do something that nobody should (milliseconds). */
const whileMs = 300

const record = (): Promise<unknown> => redis().ask('GET', 'unexpired:{ann}:session')

/** By the steps before the holder has sent its request, the server has not rotated. */
const unsent: readonly Step[] = ['in-turn', 'refreshing']

const steps: readonly Step[] = [...unsent, 'sent', 'rotated', 'committing']

describe('the process that refreshes is stopped for longer than its lease', () => {
  test.each(steps)(
    'G5 G6 at the step %s: another takes over, and what that one stored is not overwritten',
    async (step) => {
      const middle = await inTheMiddleOnRedis(redis(), step, { graceMs: 60_000 })
      const { server, holder, waiter, held } = middle
      holder.stop()
      // By the server's count: what the sleeper bought is the second.
      const generation = unsent.includes(step) ? 2 : 3
      expect(await waiter.call('settled')).toEqual(times(3, served(generation)))
      await eventually(() => redis().ask('EXISTS', 'unexpired:{ann}:turn')).toBe(0)
      const stored = await record()

      holder.wake()
      await held.goOn()
      for (const outcome of await holder.call('settled'))
        expect(outcome).toMatchObject({ status: 200 })
      await pause(whileMs)
      expect(await record()).toBe(stored)
      expect(await holder.call('status', 'ann')).toMatchObject({ status: 'active', generation: 2 })
      expect(await holder.call('send', 'ann', 2)).toEqual(times(2, served(generation)))
      expect(server.counts).toMatchObject({ familiesRevoked: 0, refreshesRefused: 0 })

      const { refreshes } = server.counts
      server.orders.expireNow()
      const outcomes = [holder, waiter].map((worker) => worker.call('send', 'ann', 2))
      for (const outcome of (await Promise.all(outcomes)).flat()) {
        expect(outcome).toMatchObject({ status: 200 })
      }
      expect(server.counts.refreshes).toBe(refreshes + 1)
    },
  )

  test('G4 before its turn was read: it takes another before it sends anything, so a strict server sees one refresh', async () => {
    const { server, holder, waiter, held } = await inTheMiddleOnRedis(redis(), 'in-turn', 'strict')
    holder.stop()
    expect(await waiter.call('settled')).toEqual(times(3, served(2)))
    holder.wake()
    await held.goOn()
    expect(await holder.call('settled')).toEqual(times(3, served(2)))
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
  })

  test('G4 while what it had read in its turn was on its way: the same', async () => {
    const { server, holder, waiter, held } = await inTheMiddleOnRedis(redis(), 'in-turn', 'strict')
    redis().freeze()
    await held.goOn()
    // Now it has asked.
    await pause(whileMs)
    holder.stop()
    redis().thaw()
    expect(await waiter.call('settled')).toEqual(times(3, served(2)))
    holder.wake()
    expect(await holder.call('settled')).toEqual(times(3, served(2)))
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
  })
})
