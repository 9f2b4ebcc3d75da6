import { describe, expect, test } from 'vitest'

import { allowTokensIn } from '../canary/allow-tokens.js'
import { withFlaw } from './broken-core.js'
import { flaws } from './flaws.js'

/** How many runs a flaw may hide in. */
const mostRuns = 3_000

/** How many are played between two looks. */
const atOnce = 50

describe('the simulation catches a package in which', () => {
  test.for(Object.entries(flaws))('%s', { timeout: 120_000 }, async ([name, { rule, ...flaw }]) => {
    // A run that is cut off leaves requests under way, and errors that have been handed over to nobody.
    allowTokensIn('passed')
    const { playSeeds } = await withFlaw(flaw, name.replaceAll(/\W+/g, '-'))
    const rules: string[] = []
    for (let from = 1; from <= mostRuns && rules.length === 0; from += atOnce) {
      const { broken } = await playSeeds(from, atOnce)
      rules.push(...broken.map((one) => one.rule))
    }
    expect(rules.join('\n')).toMatch(rule)
  })
})
