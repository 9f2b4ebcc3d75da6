import { expect } from 'vitest'

import type { Outcome } from './orders.js'
import type { Worker } from './processes.js'

/** Long enough for a busy machine; what has come true is seen at once (milliseconds). */
const patience = { timeout: 20_000, interval: 10 }

/** Expects of what `look` gives, as soon as it is so. */
export const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, patience)

export const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

/** How a request ends that was answered, with tokens of this generation. */
export const served = (generation: number, user = 'ann') => ({ status: 200, user, generation })

/** How a request ends whose session was refused. */
export const ended = { error: 'session-ended', reason: 'refused' }

/** Signs in in the first worker, and waits until the others know. */
export async function signInAll([first, ...others]: readonly Worker[], user = 'ann') {
  await first?.call('signIn', user)
  await Promise.all(others.map((worker) => active(worker, 1, user)))
}

/** Waits until a worker has this generation. */
export async function active(worker: Worker, generation: number, user = 'ann'): Promise<void> {
  await eventually(() => worker.call('status', user)).toMatchObject({
    status: 'active',
    generation,
  })
}

/** Requests of all of them at once; how all of it ended. */
export async function sendAll(
  workers: readonly Worker[],
  count: number,
  user = 'ann',
): Promise<Outcome[]> {
  return (await Promise.all(workers.map((worker) => worker.call('send', user, count)))).flat()
}

export async function settledOf(workers: readonly Worker[]): Promise<Outcome[]> {
  return (await Promise.all(workers.map((worker) => worker.call('settled')))).flat()
}

/** Why workers were told that sessions ended. */
export async function reasonsOf(worker: Worker): Promise<string[]> {
  return (await worker.call('signedOut')).map(({ reason }) => reason)
}
