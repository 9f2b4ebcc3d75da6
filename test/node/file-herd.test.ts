import { describe, expect, test } from 'vitest'

import { makePath, openServer } from './harness/place.js'
import type { Locks } from './harness/orders.js'
import { startWorkers } from './harness/processes.js'
import { reasonsOf, sendAll, served, signInAll, times } from './harness/sharing.js'

const holders = 16
const requests = 5

/** Far more than all of them take, for machines that do ten other things (milliseconds). */
const patienceMs = 240_000

describe('sixteen processes on one file, on a server that forgives no second use', () => {
  test.each<[number, Locks, string]>([
    [50, 'kernel', 'with the lock of the kernel'],
    [10, 'lockfile', 'with proper-lockfile in its place'],
  ])(
    'G1 G4 refresh once after each of %i expiries, %s',
    async (expiries, locks) => {
      const server = await openServer()
      const place = { kind: 'file', path: await makePath() } as const
      const workers = await startWorkers(holders, { url: server.url, place, locks })
      await signInAll(workers)

      for (let expiry = 1; expiry <= expiries; expiry += 1) {
        // Every second time the server alone knows, and turns all of them away.
        if (expiry % 2 === 0) server.orders.expireNow()
        else await Promise.all(workers.map((worker) => worker.call('sleep', 61_000)))
        const outcomes = await sendAll(workers, requests)
        expect(outcomes).toEqual(times(holders * requests, served(expiry + 1)))
        expect(server.counts).toMatchObject({ refreshes: expiry, familiesRevoked: 0 })
      }

      expect(server.counts).toMatchObject({
        maxConcurrentRefreshes: 1,
        refreshesGranted: expiries,
        served: expiries * holders * requests,
      })
      for (const worker of workers) {
        expect(await worker.call('counts')).not.toHaveProperty('turn-missed')
        expect(await worker.call('counts')).not.toHaveProperty('store-failed')
        expect(await reasonsOf(worker)).toEqual([])
      }
    },
    patienceMs,
  )
})
