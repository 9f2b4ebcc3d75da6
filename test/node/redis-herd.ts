import type { TokenServer } from 'unexpired/testing'
import { expect } from 'vitest'

import type { Worker } from './harness/processes.js'

/** Many processes, each with a session of each of many users. */
export interface Herd {
  readonly server: TokenServer
  readonly workers: readonly Worker[]
  readonly users: readonly string[]
}

export const userNames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `user-${index + 1}`)

/** So many at once: more would only show how busy the machine is. */
const batchSize = 50

async function inBatches(
  users: readonly string[],
  run: (batch: readonly string[]) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < users.length; start += batchSize) {
    await run(users.slice(start, start + batchSize))
  }
}

/** Each user signs in in one of the processes, and all others come to know. */
export async function signInAll({ workers, users }: Herd): Promise<void> {
  await inBatches(users, async (batch) => {
    await Promise.all(
      batch.map(async (user, index) => workers[index % workers.length]?.call('signIn', user)),
    )
    await Promise.all(workers.flatMap((worker) => batch.map((user) => worker.call('ready', user))))
  })
}

/**
 * The tokens expire, then every process sends a request for every user, all at once: each is served
 * with tokens of this generation, and each user's were refreshed once.
 */
export async function expectOneRefreshEach(
  { server, workers, users }: Herd,
  generation: number,
  expire: () => unknown,
): Promise<void> {
  server.resetCounts()
  await expire()
  await inBatches(users, async (batch) => {
    const outcomes = await Promise.all(workers.map((worker) => worker.call('send', batch, 1)))
    const wanted = batch.map((user) => ({ status: 200, user, generation }))
    for (const outcome of outcomes) expect(outcome).toEqual(wanted)
  })
  expect(server.counts).toMatchObject({
    refreshes: users.length,
    refreshesGranted: users.length,
    reuseDetected: 0,
    familiesRevoked: 0,
    served: workers.length * users.length,
  })
}
