import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { naiveSession, type Flaw } from './naive-session.js'
import { play } from './run.js'
import { scenarioArbitrary } from './scenario.js'
import { Violation } from '../simulation/trace.js'

/** One session on a store that answers at once, and no clock but for cool-downs: naive sessions know no more. */
const simple = scenarioArbitrary({
  sessions: 1,
  stores: ['memory'],
  lifetimes: [undefined],
  refreshes: ['ok', 'ok, same refresh token', 'refused', 'lost before', 'server error before'],
  storeFates: ['ok'],
  upsets: false,
})

/** The rule that each flaw breaks, in the words of the model. */
const caught: Record<Flaw, RegExp> = {
  'every 401 refreshes': /G1 one refresh/,
  'a flag instead of generations': /G2 nothing is refreshed that works|G2 G11 replay at once/,
  'waiters are forgotten when the refresh fails': /G9 every (request|call) settles/,
  'whoever is signed in serves for the replay': /G24 no request goes with the tokens of another/,
  'the refresh undoes a sign-out': /nothing is resurrected after its end/,
  'two users are mixed': /tokens of one sign-in only|tokens of two sign-ins never mix/,
  'replays without end': /G11 at most two attempts a request/,
  'requests leave during a refresh': /G3 no request goes with tokens that were turned down/,
  'each waiter tells the end': /G18 each end is told once/,
  'any error signs out': /G15 a session ends only when refused or signed out/,
  'an error without a type': /G9 every rejection is typed/,
  'an abort does not reach who waits': /G12 an aborted request/,
  'network errors are replayed': /G28 only an expired answer is replayed/,
  'streams are replayed': /G27 a body that can be sent once only is sent once/,
  'a refresh for every doubt': /G2 nothing is refreshed that works|its own answer at once/,
  'no cool-down': /G7 nothing refreshes during a cool-down/,
  'nothing is stored': /the store has what memory gave out|who shares a store shares/,
  'a 401 in the queue is handed over': /G11 a 401 is handed over only where no refresh can help/,
  'a rejection is left alone': /G14 no rejection is unhandled/,
  'a timer is left alone': /G14 no timer keeps a process alive/,
}

/** What the model says about a session, in so many runs. */
async function judged(flaw: Flaw | undefined, numRuns: number): Promise<Violation | undefined> {
  const property = fc.asyncProperty(simple, (scenario) => play(scenario, naiveSession(flaw)))
  const { errorInstance, failed } = await fc.check(property, {
    seed: 7,
    numRuns,
    endOnFailure: true,
  })
  if (!failed) return undefined
  if (errorInstance instanceof Violation) return errorInstance
  throw errorInstance
}

test('a small session that is right as far as it goes passes', async () => {
  expect(await judged(undefined, 400)).toBeUndefined()
})

describe('the model catches a session in which', () => {
  test.for(Object.entries(caught) as [Flaw, RegExp][])('%s', async ([flaw, rule]) => {
    const violation = await judged(flaw, 3_000)
    expect(violation?.rule).toMatch(rule)
    expect(violation?.message).toContain('what happened, in order:')
  })
})
