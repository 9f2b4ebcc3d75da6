import { describe, expect, test } from 'vitest'

import { withFlaw } from './broken-core.js'
import { everyHistory } from './every-history.js'
import { exhaust } from './exhaust.js'
import { flaws } from './flaws.js'
import type { Extent } from './walk.js'

/** Small enough for each day; `npm run simulate -- --exhaust` visits the large ones. */
const extents: readonly Extent[] = [
  { contexts: 3, requestsEach: 2, faults: 0, rotation: 'strict', turns: 'kept' },
  { contexts: 3, requestsEach: 1, faults: 0, rotation: 'previous', turns: 'none' },
  { contexts: 2, requestsEach: 1, faults: 1, rotation: 'strict', turns: 'kept' },
  { contexts: 1, requestsEach: 1, faults: 1, rotation: 'grace', turns: 'lease' },
]

test.for(extents)(
  'G1 G4 G5 G6 G9 every order of contexts, requests and faults ($contexts, $requestsEach, $faults) keeps the promises: $rotation, turns $turns',
  { timeout: 120_000 },
  async (extent) => {
    const { states, ends } = await exhaust(extent)
    console.log(`${states} states, ${ends} ends`)
    expect(states).toBeGreaterThan(100)
    expect(ends).toBeGreaterThan(0)
  },
)

test.for<Extent>([
  { contexts: 1, requestsEach: 1, faults: 1, rotation: 'strict', turns: 'kept' },
  { contexts: 1, requestsEach: 2, faults: 0, rotation: 'strict', turns: 'kept' },
  { contexts: 2, requestsEach: 1, faults: 0, rotation: 'strict', turns: 'none' },
])(
  'what stands alike goes on alike, whatever led to it ($contexts, $requestsEach, $faults, turns $turns): so each state is visited once',
  { timeout: 120_000 },
  async (extent) => {
    const { states } = await exhaust(extent)
    const { histories, standings, differing } = await everyHistory(extent)
    expect(differing).toEqual([])
    expect(states).toBe(standings)
    expect(histories).toBeGreaterThan(states)
  },
)

describe('visiting every order catches a core in which', () => {
  const small: Extent = {
    contexts: 2,
    requestsEach: 1,
    faults: 0,
    rotation: 'strict',
    turns: 'kept',
  }
  test.for<[string, Extent]>([
    ['whoever has the turn does not read the store again', small],
    ['no turn is taken', small],
    ['a late 401 refreshes again', { ...small, contexts: 1, requestsEach: 2 }],
    ['tokens are given out before they are stored', small],
  ])('%s', { timeout: 120_000 }, async ([name, extent]) => {
    const { rule, ...flaw } = flaws[name] ?? { file: '', line: '', instead: '', rule: / / }
    const broken = await withFlaw(flaw, `exhaust-${name.replaceAll(/\W+/g, '-')}`)
    await expect(broken.exhaust(extent)).rejects.toMatchObject({
      rule: expect.stringMatching(rule) as unknown,
    })
  })
})
