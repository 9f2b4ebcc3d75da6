import { readFile } from 'node:fs/promises'

import type { StoredSession } from 'unexpired'
import { describe, expect, test } from 'vitest'

import { allGoOn, inTheMiddle } from './harness/middle.js'
import type { Middle } from './harness/middle.js'
import { makePath, openServer } from './harness/place.js'
import { startWorkers } from './harness/processes.js'
import type { Worker } from './harness/processes.js'
import { active, eventually, served, settledOf, signInAll, times } from './harness/sharing.js'

/** A lock that nobody touched for so long is taken from its holder (milliseconds). */
const staleMs = 10_000

/** It may have been touched just before, and the machine be busy (milliseconds). */
const slackMs = 8_000

const grace = { rotation: { graceMs: 60_000 } } as const
const locks = 'lockfile'

/** Four more wait for the turn. */
async function joined({ server, settings }: Middle): Promise<Worker[]> {
  const { turnedAway } = server.counts
  const more = await startWorkers(4, settings)
  await Promise.all(more.map((worker) => active(worker, 1)))
  await Promise.all(more.map((worker) => worker.call('begin', 'ann', 3)))
  await eventually(() => server.counts.turnedAway).toBe(turnedAway + 12)
  return more
}

async function takenOver(waiters: readonly Worker[], since: number, generation: number) {
  expect(await settledOf(waiters)).toEqual(times(waiters.length * 3, served(generation)))
  expect(Date.now() - since).toBeLessThan(staleMs + slackMs)
  for (const waiter of waiters) {
    expect(await waiter.call('counts')).not.toHaveProperty('turn-missed')
  }
}

describe('with proper-lockfile in place of the lock of the kernel', () => {
  test('G5 G6 the turn of one that was killed, or stopped for long, is taken after 10 s', async () => {
    // All at once: it is waiting, most of it.
    const [unspent, killed, stopped, writing] = await Promise.all([
      inTheMiddle({ locks, step: 'refreshing' }),
      inTheMiddle({ locks, step: 'file:synced', server: grace }),
      inTheMiddle({ locks, step: 'answered', server: grace }),
      inTheMiddle({ locks, step: 'file:synced', server: grace }),
    ])
    const herd = [unspent.waiter, ...(await joined(unspent))]
    const since = Date.now()
    await Promise.all([unspent.holder.kill(), killed.holder.kill()])
    stopped.holder.stop()
    writing.holder.stop()

    await Promise.all([
      takenOver(herd, since, 2),
      takenOver([killed.waiter], since, 3),
      takenOver([stopped.waiter], since, 3),
      takenOver([writing.waiter], since, 3),
    ])
    expect(unspent.server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    await allGoOn(herd, unspent, 3)
    await allGoOn([killed.waiter], killed, 4)

    // What it had got is older than what is there now, and it does not die of having lost its lock.
    for (const { holder, held, waiter, path, server } of [stopped, writing]) {
      const before = await readFile(path, 'utf8')
      holder.wake()
      await held.goOn()
      for (const outcome of await holder.call('settled')) {
        expect(outcome).toMatchObject({ status: 200 })
      }
      await eventually(() => holder.call('status', 'ann')).toMatchObject({ status: 'active' })
      expect(await readFile(path, 'utf8')).toBe(before)
      expect((JSON.parse(before) as StoredSession).tokens?.accessToken).toMatch(/^at_f1_3_/)
      expect(holder.complaints()).toBe('')
      expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
      await allGoOn([holder, waiter], { server }, 4)
    }
  }, 90_000)
})

describe('what is missing', () => {
  test.each([
    ['nothing, where both packages are there', 'kernel', []],
    ['the lock of the kernel, where proper-lockfile alone is there', 'lockfile', ['kernel-lock']],
    ['all locks, where none of them is there', 'none', ['kernel-lock', 'lock-file']],
  ] as const)('is %s, and is told once', async (_name, which, missing) => {
    const server = await openServer(grace)
    const place = { kind: 'file', path: await makePath() } as const
    const workers = await startWorkers(3, { url: server.url, place, locks: which })
    await signInAll(workers)
    for (let expiry = 1; expiry <= 3; expiry += 1) {
      server.orders.expireNow()
      const outcomes = await Promise.all(workers.map((worker) => worker.call('send', 'ann', 3)))
      // Without any lock they may refresh beside one another; G6: whatever is stored is newer, and works.
      for (const outcome of outcomes.flat()) expect(outcome).toMatchObject({ status: 200 })
      if (which !== 'none') expect(server.counts.refreshes).toBe(expiry)
      await Promise.all(workers.map((worker) => active(worker, expiry + 1)))
    }
    expect(server.counts).toMatchObject({ familiesRevoked: 0, refreshesRefused: 0 })
    for (const worker of workers) {
      const told = await worker.call('events', 'ann', 'store-degraded')
      expect(told.map((event) => event.type === 'store-degraded' && event.missing)).toEqual(missing)
    }
  })
})
