import { expect, test } from 'vitest'

import { allGoOn, stoppedInTheMiddle, wake } from './harness/middle.js'
import { ended, eventually, reasonsOf, served, times } from './harness/sharing.js'

/** Short, for the turn is waited for twice that and 15 s more; but none ends before it is stopped. */
const session = { refreshTimeoutMs: 2_500 }

const turnWaitMs = 2 * session.refreshTimeoutMs + 15_000

/** Beyond that wait, on a busy machine (milliseconds). */
const slackMs = 8_000

const grace = { rotation: { graceMs: 60_000 } } as const

test('G5 G6 a process that is stopped for longer than anybody waits overwrites nothing when it is continued', async () => {
  // All at once: it is waiting, most of it.
  const [unspent, spent, writing, strict] = await Promise.all([
    stoppedInTheMiddle({ step: 'sent', session, hangs: true }),
    stoppedInTheMiddle({ step: 'answered', session, server: grace }),
    stoppedInTheMiddle({ step: 'file:synced', session, server: grace }),
    stoppedInTheMiddle({ step: 'answered', session }),
  ])

  expect(await unspent.waiter.call('settled')).toEqual(times(3, served(2)))
  expect(await spent.waiter.call('settled')).toEqual(times(3, served(3)))
  expect(await writing.waiter.call('settled')).toEqual(times(3, served(3)))
  for (const { waiter } of [unspent, spent, writing]) {
    const [missed, ...more] = await waiter.call('events', 'ann', 'turn-missed')
    const waitedMs = missed?.type === 'turn-missed' ? missed.waitedMs : 0
    expect(waitedMs).toBeGreaterThanOrEqual(turnWaitMs - 50)
    expect(waitedMs).toBeLessThan(turnWaitMs + slackMs)
    expect(more).toEqual([])
  }
  // One that is stopped in the middle of a write lets nobody write: they go on from memory.
  expect(await writing.waiter.call('counts')).toHaveProperty('store-failed')

  for (const middle of [unspent, spent, writing]) {
    const { server, holder, waiter } = middle
    await wake(middle)
    const generation = middle === unspent ? 2 : 3
    for (const outcome of await holder.call('settled')) {
      expect(outcome).toMatchObject({ status: 200, user: 'ann' })
    }
    expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
    const generationOf = async (worker: typeof holder): Promise<number> =>
      (await worker.call('status', 'ann')).generation
    await eventually(async () => (await generationOf(holder)) - (await generationOf(waiter))).toBe(
      0,
    )
    await allGoOn([holder, waiter], middle, generation + 1)
  }

  // Nothing saves a family whose token was spent twice: the session ends, once in each of them.
  const { server, holder, waiter } = strict
  expect(await waiter.call('settled')).toEqual(times(3, ended))
  await wake(strict)
  expect(await holder.call('settled')).toEqual(times(3, ended))
  for (const worker of [holder, waiter]) expect(await reasonsOf(worker)).toEqual(['refused'])
  expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 1 })
}, 90_000)
