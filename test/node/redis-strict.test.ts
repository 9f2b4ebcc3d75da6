import { setTimeout as pause } from 'node:timers/promises'

import { describe, expect, test } from 'vitest'

import { useRedis } from './harness/redis.js'
import type { Step } from './harness/orders.js'
import { ended, reasonsOf, served, settledOf, times } from './harness/sharing.js'
import { inTheMiddleOnRedis, leaseMs } from './redis-middle.js'

const redis = useRedis()

/** What a refresh token that was used twice costs at a strict server: that one user's session. */
const oneDuplicate = { refreshes: 2, reuseDetected: 1, familiesRevoked: 1 }
const noDuplicate = { reuseDetected: 0, familiesRevoked: 0 }

const turnKey = 'unexpired:{ann}:turn'

describe('at a server without grace, what costs a user the session, and what does not', () => {
  test.each([
    ['the turn is deleted', () => redis().ask('DEL', turnKey)],
    [
      'Redis is restarted, and is empty',
      async () => {
        await redis().kill()
        await redis().start()
      },
    ],
  ])(
    'G9 G18 %s while a refresh is on its way: one duplicate, and one clear end',
    async (_, lose) => {
      const { server, holder, waiters, held } = await inTheMiddleOnRedis(
        redis(),
        'sent',
        'strict',
        1,
      )
      await lose()
      expect(await settledOf(waiters)).toEqual(times(6, ended))
      await held.goOn()
      expect(await holder.call('settled')).toEqual(times(3, ended))
      for (const worker of [holder, ...waiters]) {
        expect(await reasonsOf(worker)).toEqual(['refused'])
        expect(await worker.call('status', 'ann')).toMatchObject({ status: 'signed-out' })
      }
      expect(server.counts).toMatchObject(oneDuplicate)
    },
  )

  test.each(['sent', 'rotated', 'committing'] as Step[])(
    'G9 G18 whoever refreshes is killed at the step %s, its tokens in nobody else’s hands: the same',
    async (step) => {
      const { server, holder, waiters } = await inTheMiddleOnRedis(redis(), step, 'strict', 1)
      await holder.kill()
      expect(await settledOf(waiters)).toEqual(times(6, ended))
      for (const worker of waiters) expect(await reasonsOf(worker)).toEqual(['refused'])
      expect(server.counts).toMatchObject(oneDuplicate)
    },
  )

  test.each(['in-turn', 'refreshing', 'committed'] as Step[])(
    'G5 it is killed at the step %s: no duplicate, and everybody is served',
    async (step) => {
      const { server, holder, waiters } = await inTheMiddleOnRedis(redis(), step, 'strict', 1)
      await holder.kill()
      expect(await settledOf(waiters)).toEqual(times(6, served(2)))
      expect(server.counts).toMatchObject({ refreshes: 1, ...noDuplicate })
    },
  )

  test('G5 the turn is deleted before anything was sent, and its holder notices: no duplicate either', async () => {
    const middle = await inTheMiddleOnRedis(redis(), 'reloaded', 'strict', 1)
    const { server, holder, waiters, held } = middle
    await redis().ask('DEL', turnKey)
    expect(await settledOf(waiters)).toEqual(times(6, served(2)))
    // It asks whether it has it yet three times in a lease.
    await pause(leaseMs)
    await held.goOn()
    expect(await holder.call('settled')).toEqual(times(3, served(2)))
    expect(server.counts).toMatchObject({ refreshes: 1, ...noDuplicate })
  })
})
