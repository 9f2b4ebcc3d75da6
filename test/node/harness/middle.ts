import type { TokenServerOptions } from 'unexpired/testing'
import { expect } from 'vitest'

import type { Locks, Step, WorkerSettings } from './orders.js'
import { makePath, openServer } from './place.js'
import { startWorkers } from './processes.js'
import type { Held, Worker } from './processes.js'
import { eventually, served, signInAll, times } from './sharing.js'

export interface MiddleOptions {
  readonly step: Step
  readonly locks?: Locks
  readonly session?: WorkerSettings['session']
  readonly server?: TokenServerOptions
  /** Its refresh never gets an answer, and has spent no token. */
  readonly hangs?: boolean
}

/** Two processes on one file: one is held in the middle of its refresh, the other waits behind it. */
export async function inTheMiddle(options: MiddleOptions) {
  const { step, locks = 'kernel', session, hangs = false } = options
  const server = await openServer(options.server)
  const path = await makePath()
  const settings = { url: server.url, place: { kind: 'file', path }, locks } as const
  const [holder, waiter] = await startWorkers(2, { ...settings, ...(session ? { session } : {}) })
  if (!holder || !waiter) expect.unreachable()
  await signInAll([holder, waiter])
  server.orders.expireNow()
  if (hangs) server.orders.hangRefresh()
  const held: Held = await holder.holdAt(step)
  await holder.call('begin', 'ann', 3)
  await held.reached
  // That it has sent does not say that it has come.
  if (step === 'sent') await eventually(() => server.counts.refreshes).toBe(1)
  await waiter.call('begin', 'ann', 3)
  // Turned away, or served with what it found already: at the last steps it has the rest soon, too.
  await eventually(() => server.counts.turnedAway + server.counts.served).toBeGreaterThanOrEqual(6)
  return { server, path, settings, holder, waiter, held }
}

export type Middle = Awaited<ReturnType<typeof inTheMiddle>>

/** The same, and the one that refreshes stands still. */
export async function stoppedInTheMiddle(options: MiddleOptions): Promise<Middle> {
  const middle = await inTheMiddle(options)
  middle.holder.stop()
  return middle
}

/** It goes on where it stood still. */
export async function wake({ holder, held }: Middle): Promise<void> {
  holder.wake()
  await held.goOn()
}

/** All of them share one session still: they see one more expiry, and refresh once. */
export async function allGoOn(
  workers: readonly Worker[],
  { server }: Pick<Middle, 'server'>,
  generation: number,
): Promise<void> {
  const { refreshes } = server.counts
  server.orders.expireNow()
  const outcomes = await Promise.all(workers.map((worker) => worker.call('send', 'ann', 2)))
  expect(outcomes.flat()).toEqual(times(workers.length * 2, served(generation)))
  expect(server.counts).toMatchObject({ refreshes: refreshes + 1, familiesRevoked: 0 })
  for (const worker of workers) expect(await worker.call('signedOut')).toEqual([])
}
