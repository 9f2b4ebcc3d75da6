import { setTimeout as pause } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { allGoOn, stoppedInTheMiddle, wake } from './harness/middle.js'
import type { Step } from './harness/orders.js'
import { served, settledOf, times } from './harness/sharing.js'

/** Long enough for somebody to do something that nobody should (milliseconds). */
const whileMs = 500

const steps: Step[] = [
  'in-turn',
  'reloaded',
  'refreshing',
  'sent',
  'rotated',
  'answered',
  'committing',
  'file:opened',
  'file:written',
  'file:synced',
  'file:renamed',
  'committed',
]

test.each(steps)(
  'G1 G5 a process that is stopped at the step %s keeps its turn, and ends its refresh when it is continued',
  async (step) => {
    const middle = await stoppedInTheMiddle({ step })
    const { server, holder, waiter } = middle
    const { refreshes } = server.counts
    await pause(whileMs)
    expect(server.counts.refreshes).toBe(refreshes)
    await wake(middle)
    expect(await settledOf([holder, waiter])).toEqual(times(6, served(2)))
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    await allGoOn([holder, waiter], middle, 3)
  },
)
