import { expect, test } from 'vitest'

import type { Clock } from '../../src/core/clock.js'
import { OutOfTimeError, within } from '../../src/core/promises.js'

/** A clock whose timers fire so much too late, one after the other; it counts them. */
function lateBy(...lateMs: number[]): { clock: Clock; timers: number[] } {
  const timers: number[] = []
  let now = 0
  return {
    timers,
    clock: {
      now: () => now,
      monotonic: () => now,
      setTimeout(run, ms) {
        timers.push(ms)
        now += ms + (lateMs.shift() ?? 0)
        const timer = setTimeout(run)
        return () => clearTimeout(timer)
      },
    },
  }
}

const never = (): Promise<never> => new Promise(() => undefined)

test('what does not answer is told as such, with the time that it had', async () => {
  const { clock } = lateBy()
  const waited = within(clock, 1_499.6, never)
  await expect(waited).rejects.toBeInstanceOf(OutOfTimeError)
  await expect(within(clock, 1_499.6, never)).rejects.toThrow('no answer within 1500 ms')
})

test.each([
  ['on time', 0, [100]],
  ['a little late', 20, [100]],
  ['late, as in a process that stood still', 21, [100, 21]],
  ['very late', 60_000, [100, 1_000]],
])('G9 a timer that is %s: an answer may be there yet', async (_how, lateMs, expected) => {
  const { clock, timers } = lateBy(lateMs)
  await expect(within(clock, 100, never)).rejects.toThrow('no answer')
  expect(timers).toEqual(expected)
})
