import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'

import { describe, expect, test } from 'vitest'

import { allGoOn, inTheMiddle } from './harness/middle.js'
import type { Step } from './harness/orders.js'
import { startWorker } from './harness/processes.js'
import { ended, eventually, reasonsOf, served, times } from './harness/sharing.js'

/** Some milliseconds in truth; what counts is that no timeout is waited for, of which the least is 10 s. */
const atOnceMs = 5_000

/** Until here no token is spent. */
const before: Step[] = ['in-turn', 'reloaded', 'refreshing']
/** From here on the server has rotated, and the next holder does not know. */
const between: Step[] = [
  'rotated',
  'answered',
  'committing',
  'file:opened',
  'file:written',
  'file:synced',
]
/** From here on it does. */
const after: Step[] = ['file:renamed', 'committed']

/** Drafts hold tokens: those of the dead are gone with the next write. */
const drafts = async (path: string): Promise<string[]> =>
  (await readdir(dirname(path))).filter((name) => name.endsWith('.tmp'))

describe('the process that refreshes is killed', () => {
  test.each(before)('G5 at the step %s, and the next one refreshes at once', async (step) => {
    const middle = await inTheMiddle({ step })
    const { server, holder, waiter, settings } = middle
    await holder.kill()
    const since = Date.now()
    expect(await waiter.call('settled')).toEqual(times(3, served(2)))
    expect(Date.now() - since).toBeLessThan(atOnceMs)
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    await allGoOn([waiter, await startWorker(settings)], middle, 3)
  })

  test('G5 while the server has not looked at its refresh, and the next one refreshes at once', async () => {
    const middle = await inTheMiddle({ step: 'sent', hangs: true })
    const { server, holder, waiter, settings } = middle
    await holder.kill()
    const since = Date.now()
    expect(await waiter.call('settled')).toEqual(times(3, served(2)))
    expect(Date.now() - since).toBeLessThan(atOnceMs)
    expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
    await allGoOn([waiter, await startWorker(settings)], middle, 3)
  })

  test.each(after)('G4 G5 at the step %s, and the next one finds what it got', async (step) => {
    const middle = await inTheMiddle({ step })
    const { server, holder, waiter, settings } = middle
    await holder.kill()
    expect(await waiter.call('settled')).toEqual(times(3, served(2)))
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    await allGoOn([waiter, await startWorker(settings)], middle, 3)
  })

  test.each(between)(
    'G5 at the step %s, and a server with a grace window forgives that the next one refreshes again',
    async (step) => {
      const middle = await inTheMiddle({ step, server: { rotation: { graceMs: 60_000 } } })
      const { server, path, holder, waiter, settings } = middle
      expect(await drafts(path)).toHaveLength(step.startsWith('file:') ? 1 : 0)
      await holder.kill()
      const since = Date.now()
      expect(await waiter.call('settled')).toEqual(times(3, served(3)))
      expect(Date.now() - since).toBeLessThan(atOnceMs)
      expect(server.counts).toMatchObject({ refreshes: 2, refreshesGranted: 2 })
      expect(await drafts(path)).toEqual([])
      await allGoOn([waiter, await startWorker(settings)], middle, 4)
    },
  )

  // Nothing on this side can prevent it: the only good tokens died with the process.
  test.each(between)(
    'G5 G18 at the step %s, which costs the session on a server that forgives nothing',
    async (step) => {
      const { server, holder, waiter, settings } = await inTheMiddle({ step })
      await holder.kill()
      const since = Date.now()
      expect(await waiter.call('settled')).toEqual(times(3, ended))
      expect(Date.now() - since).toBeLessThan(atOnceMs)
      expect(server.counts).toMatchObject({ refreshes: 2, refreshesGranted: 1, familiesRevoked: 1 })
      expect(await reasonsOf(waiter)).toEqual(['refused'])
      // It is known to all, and stands in no one's way.
      const next = await startWorker(settings)
      await eventually(() => next.call('status', 'ann')).toMatchObject({ status: 'signed-out' })
      await next.call('signIn', 'ann')
      await eventually(() => waiter.call('status', 'ann')).toMatchObject({ status: 'active' })
    },
  )

  test('G5 G18 while its refresh is on the way to a server that is slow and forgives nothing', async () => {
    const { server, holder, waiter } = await inTheMiddle({
      step: 'sent',
      server: { latency: { refresh: 1_000 } },
    })
    await holder.kill()
    // Two refreshes are on their way now, and the later one costs the family.
    await waiter.call('settled')
    expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 1 })
  })
})
