import { expect, test } from 'vitest'

import type { Locks, Place, Step } from './harness/orders.js'
import { openServer } from './harness/place.js'
import { startWorkers } from './harness/processes.js'
import { active, eventually, reasonsOf, served, settledOf, times } from './harness/sharing.js'

/** Where processes share one record, whoever is signed in. */
export interface SharedPlace {
  readonly place: Place
  readonly locks?: Locks
}

type Open = () => SharedPlace | Promise<SharedPlace>

/** From its coming to its answer: more than it takes to stop a process (milliseconds). */
const onTheWayMs = 1_500

const replaced = { error: 'session-ended', reason: 'replaced' }

/** A server, and processes that share ann's session; the first signed her in. */
async function open(count: number, at: SharedPlace) {
  const server = await openServer()
  const workers = await startWorkers(count, { url: server.url, ...at })
  await Promise.all(workers.map((worker) => worker.call('ready', 'ann')))
  await workers[0]?.call('signIn', 'ann')
  await Promise.all(workers.map((worker) => active(worker, 1)))
  return { server, workers }
}

/**
 * What another process did while this one was busy. Says so for a place whose turns get lost while
 * their holder stands still.
 */
export function refusalContract(openPlace: Open): void {
  test('G16 a refusal while another process has newer tokens is no end: they are adopted', async () => {
    const { server, workers } = await open(3, await openPlace())
    const [refused, lucky, third] = workers
    if (!refused || !lucky || !third) expect.unreachable()
    server.orders.expireNow()
    server.orders.refuseRefresh()
    const held = await refused.holdAt('rotated')
    await refused.call('begin', 'ann', 3)
    await held.reached
    // The answer that refuses is there, and nobody has looked at it.
    refused.stop()
    expect(await lucky.call('send', 'ann', 3)).toEqual(times(3, served(2)))
    refused.wake()
    await held.goOn()
    expect(await refused.call('settled')).toEqual(times(3, served(2)))
    for (const worker of workers) {
      await active(worker, 2)
      expect(await worker.call('signedOut')).toEqual([])
      expect(await worker.call('send', 'ann', 1)).toEqual([served(2)])
    }
    expect(server.counts).toMatchObject({ refreshes: 2, refreshesRefused: 1, familiesRevoked: 0 })
  })
}

/** Whose tokens requests are sent with, where another process signs somebody else in. */
export function anotherUserContract(openPlace: Open): void {
  test.each<Step>(['in-turn', 'refreshing', 'rotated', 'answered', 'committing'])(
    'G24 what waits for a refresh, at its step %s, ends when another process signs in somebody else',
    async (step) => {
      const { server, workers } = await open(3, await openPlace())
      const [holder, waiter, other] = workers
      if (!holder || !waiter || !other) expect.unreachable()
      server.orders.expireNow()
      const held = await holder.holdAt(step)
      await holder.call('begin', 'ann', 3, '/of-ann')
      await held.reached
      await waiter.call('begin', 'ann', 3, '/of-ann')
      await eventually(() => server.counts.turnedAway).toBe(6)
      await other.call('signIn', 'bob')
      await held.goOn()
      expect(await settledOf([holder, waiter])).toEqual(times(6, replaced))
      expect(usersOf(server.requests, '/api/of-ann')).toEqual(['ann'])
      for (const worker of workers) {
        // They ask as whoever is signed in now, and what ann's refresh brought is in nobody's way.
        expect(await worker.call('send', 'ann', 2)).toEqual(times(2, served(1, 'bob')))
      }
      for (const worker of [holder, waiter]) expect(await reasonsOf(worker)).toEqual(['replaced'])
      expect(server.counts.familiesRevoked).toBe(0)
    },
  )

  test('G24 a request that is on its way when another process signs in somebody else is not replayed', async () => {
    const { server, workers } = await open(2, await openPlace())
    const [here, there] = workers
    if (!here || !there) expect.unreachable()
    server.orders.expireNow()
    server.orders.delay('/api/of-ann', onTheWayMs, { times: 3 })
    await here.call('begin', 'ann', 3, '/of-ann')
    await eventually(() => server.requests.length).toBe(4)
    // It finds the answers, and what the other did, when it is continued.
    here.stop()
    await there.call('signIn', 'bob')
    await eventually(() => server.counts.turnedAway).toBe(3)
    here.wake()
    expect(await here.call('settled')).toEqual(times(3, replaced))
    expect(usersOf(server.requests, '/api/of-ann')).toEqual(['ann'])
    expect(server.counts).toMatchObject({ turnedAway: 3, refreshes: 0 })
  })

  test('G24 no request is sent as one user and again as another, however often others switch', async () => {
    const { server, workers } = await open(3, await openPlace())
    const [here, there, switching] = workers
    if (!here || !there || !switching) expect.unreachable()
    for (let round = 0; round < 10; round += 1) {
      server.orders.expireNow()
      const begun = times(6, 0).map((_, at) =>
        (at % 2 ? here : there).call('begin', 'ann', 1, `/once-${round}-${at}`),
      )
      await switching.call('signIn', round % 2 ? 'ann' : 'bob')
      await Promise.all(begun)
      for (const outcome of await settledOf([here, there])) {
        if (outcome.status === 200) expect(['ann', 'bob']).toContain(outcome.user)
        else expect(outcome).toEqual(replaced)
      }
      for (let at = 0; at < 6; at += 1) {
        // None where it was held when the other signed in.
        const users = usersOf(server.requests, `/api/once-${round}-${at}`)
        expect(users.length, String(users)).toBeLessThanOrEqual(1)
      }
    }
    expect(server.counts.familiesRevoked).toBe(0)
  })
}

/** Who, by the tokens that they carried, sent requests to this path. */
const usersOf = (
  requests: readonly { readonly path: string; readonly user: string | undefined }[],
  path: string,
) => [...new Set(requests.filter((request) => request.path === path).map(({ user }) => user))]
