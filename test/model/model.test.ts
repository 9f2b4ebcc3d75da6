import fc from 'fast-check'
import { expect, test } from 'vitest'
import { axiosSubject } from './axios-subject.js'
import { coreSubject } from './core-subject.js'
import { play } from './run.js'
import { scenarioArbitrary, type ScenarioLimits } from './scenario.js'
import type { SubjectFactory } from './subject.js'

/**
 * `npm run model:nightly` sets the runs to 20,000, and takes other orders each time; without, they are the
 * same 300, so that whoever changed nothing breaks nothing. A failing run prints what happened in order,
 * and the seed and path with which `UNEXPIRED_MODEL_SEED` and `UNEXPIRED_MODEL_PATH` play it again.
 */
const {
  UNEXPIRED_MODEL_RUNS: runs,
  UNEXPIRED_MODEL_SEED: seed = runs === undefined ? '20260101' : undefined,
  UNEXPIRED_MODEL_PATH: path = '',
} = process.env

const numRuns = Number(runs ?? 300)

/** Far beyond what is needed: two milliseconds a run are usual. */
const longestMs = 20_000 + numRuns * 50

async function check(subject: SubjectFactory, limits?: ScenarioLimits): Promise<void> {
  const property = fc.asyncProperty(scenarioArbitrary(limits), (scenario) =>
    play(scenario, subject),
  )
  await fc.assert(property, { numRuns, ...(seed !== undefined && { seed: Number(seed), path }) })
}

test(
  'G1 G2 G3 G7 G9 G11 G12 G15 G18 G19 G20 G21 G23 G24 G28 G31 G36 the core keeps its promises in whatever order things happen',
  () => expect(check(coreSubject)).resolves.toBeUndefined(),
  longestMs,
)

test(
  'G1 G2 G3 G7 G9 G11 G12 G15 G18 G19 G20 G21 G23 G24 G28 G31 G36 the axios client keeps them too',
  () => expect(check(axiosSubject, { slowVerdicts: false })).resolves.toBeUndefined(),
  longestMs,
)
