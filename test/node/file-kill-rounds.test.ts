import { setTimeout as pause } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { makePath, openServer } from './harness/place.js'
import { startWorker, startWorkers } from './harness/processes.js'
import type { Worker } from './harness/processes.js'
import { active } from './harness/sharing.js'

const rounds = Number(process.env['UNEXPIRED_KILL_ROUNDS'] ?? 200)

/** Longer than a refresh takes here, so that some are killed before, some after, and most within (milliseconds). */
const withinMs = 40

const holders = 3

test(`G5 G15 no session is lost when the process that refreshes is killed at a random moment, ${rounds} times`, async () => {
  const server = await openServer({ rotation: { graceMs: 60_000 }, latency: { refresh: 5 } })
  const settings = {
    url: server.url,
    place: { kind: 'file', path: await makePath() },
    // So short that one that was killed is not waited for when its turn were lost: that would show.
    session: { refreshTimeoutMs: 10_000 },
  } as const

  let hunted = (_holder: Worker): void => undefined
  const open = async (worker: Worker): Promise<Worker> => {
    await worker.call('ready', 'ann')
    await worker.onTurn(() => hunted(worker))
    return worker
  }
  const workers = await Promise.all((await startWorkers(holders, settings)).map(open))
  await workers[0]?.call('signIn', 'ann')
  await Promise.all(workers.map((worker) => active(worker, 1)))

  let killed = 0
  let afterRotation = 0
  for (let round = 0; round < rounds; round += 1) {
    const next = startWorker(settings).then(open)
    const { refreshesGranted } = server.counts
    server.orders.expireNow()
    const death = new Promise<Worker>((resolve) => {
      hunted = (holder) => {
        hunted = () => undefined
        void pause(Math.random() * withinMs)
          .then(() => holder.kill())
          .then(() => resolve(holder))
      }
    })
    const answers = workers.map((worker) =>
      worker.call('send', 'ann', 2).then(
        (outcomes) => ({ worker, outcomes }),
        () => ({ worker, outcomes: [] }),
      ),
    )
    const dead = await death
    killed += 1
    for (const { worker, outcomes } of await Promise.all(answers)) {
      if (worker === dead) continue
      expect(outcomes.map(({ status, error }) => status ?? error)).toEqual([200, 200])
    }
    if (server.counts.refreshesGranted - refreshesGranted > 1) afterRotation += 1
    workers.splice(workers.indexOf(dead), 1, await next)
    // One that knows nothing of this expiry would meet two at once in the next round.
    await Promise.all(workers.map((worker) => active(worker, round + 2)))
  }

  expect(killed).toBe(rounds)
  // Some died between the server's rotation and their commit, or this shows nothing.
  expect(afterRotation).toBeGreaterThan(0)
  expect(server.counts).toMatchObject({ signIns: 1, familiesRevoked: 0, refreshesRefused: 0 })
  for (const worker of workers) {
    expect(await worker.call('status', 'ann')).toMatchObject({ status: 'active' })
    expect(await worker.call('counts')).not.toHaveProperty('turn-missed')
    expect(await worker.call('signedOut')).toEqual([])
  }
}, 240_000)
