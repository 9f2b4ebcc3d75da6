import { expect, test } from 'vitest'

import { drawnBy } from './choices.js'
import { playSeeds } from './play-seeds.js'
import { shrink, brokenBy } from './shrink.js'
import { simulate } from './simulate.js'

/** As many as some five seconds have room for; `npm run simulate` plays a million. */
const runs = 1_000

test(
  'G1 G2 G4 G9 G11 G12 G14 G15 G16 G17 G18 G19 G23 G24 G26 G27 G28 G30 a thousand runs of many contexts, each with its own faults, break no promise',
  { timeout: 120_000 },
  async () => {
    const { broken, refreshes, faults } = await playSeeds(1, runs)
    expect(broken, 'npm run simulate -- --seed N shows what happened').toEqual([])
    // It is no proof where nothing happens.
    expect(refreshes).toBeGreaterThan(runs)
    expect(faults).toBeGreaterThan(runs)
  },
)

test('the same seed makes the same run', async () => {
  const lines = async (): Promise<readonly string[]> => {
    const choices = drawnBy(7)
    const { steps } = await simulate(choices, true)
    return [String(steps), choices.log.join(' ')]
  }
  expect(await lines()).toEqual(await lines())
})

test('what is broken is made as small as it goes, and shown in order', async () => {
  const { Violation } = await import('./trace.js')
  const rule = 'the sum of the first three choices is below five'
  /** In place of a run: it breaks its rule where the first choices are large. */
  const broken = (
    answers: readonly number[],
  ): Promise<InstanceType<typeof Violation> | undefined> => {
    const sum = answers.slice(0, 3).reduce((total, answer) => total + answer, 0)
    return Promise.resolve(sum < 5 ? undefined : new Violation(rule, String(sum), []))
  }
  const small = await shrink([9, 7, 8, 3, 2, 4], rule, broken)
  expect((await broken(small))?.detail).toBe('5')
  expect(small.length).toBeLessThanOrEqual(3)
  expect(await brokenBy([])).toBeUndefined()
})
