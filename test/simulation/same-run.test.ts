import { isSessionError } from 'unexpired'
import { expect, test } from 'vitest'

import { allowTokensIn } from '../canary/allow-tokens.js'
import { drawnBy } from './choices.js'
import { simulate } from './simulate.js'
import type { ModelRequest } from './requests.js'
import { wayNames, type WayName } from './ways/ways.js'

const runs = 100

/** What became of a request, in words that all clients share. */
function endOf({ id, attempts, outcome }: ModelRequest): string {
  const sent = attempts.map(({ token, status }) => `${token} ${status}`)
  const end = isSessionError(outcome)
    ? outcome.message
    : outcome instanceof Error
      ? outcome.constructor.name
      : `${outcome?.status} to ${outcome?.attempt}`
  return `${id}: ${[...sent, end].join(', ')}`
}

interface Lived {
  readonly choices: string
  readonly ends: readonly string[]
  readonly isSlow: boolean
}

async function live(seed: number, way: WayName): Promise<Lived> {
  const choices = drawnBy(seed)
  const { world } = await simulate(choices, false, way)
  const { requests } = world
  const isSlow = requests.some(({ shape }) => shape === 'slow')
  return { choices: choices.log.join(' '), ends: requests.map(endOf), isSlow }
}

test('G9 G19 G24 G28 the same choices make the same run through every client', async () => {
  // Contexts that crash leave requests under way, and errors that have been handed over to nobody.
  allowTokensIn('passed')
  let compared = 0
  for (let seed = 1; seed <= runs; seed++) {
    const expected = await live(seed, 'fetch')
    for (const way of wayNames) {
      // Between the app's call and `authorize` there is nothing that could be slow.
      if (way === 'authorize' && expected.isSlow) continue
      compared += expected.ends.length
      expect(await live(seed, way), `seed ${seed}, ${way}`).toEqual(expected)
    }
  }
  expect(compared).toBeGreaterThan(runs)
}, 120_000)
