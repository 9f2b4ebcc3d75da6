import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'
import type { Reporter, TestModule, TestSpecification } from 'vitest/node'

import { partOf } from './test/mutation/parts.js'
import { sources } from './vitest.sources.js'

/** Too long to be tried before the others. */
const slowest = [
  /\/test\/core\/session-pool/,
  /\/test\/stores\//,
  /-property\.test/,
  /\/test\/model\//,
  /\/file-(modes|late|denied|full|killed)/,
]

/** When the tests of a file last failed: what killed one mutant is likely to kill the next. */
const killedAt = new Map<string, number>()
let kills = 0

/** A mutant is dead as soon as one test fails, so what kills most comes first, and what is slow last. */
class LikeliestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const slowness = slowest.findIndex((pattern) => pattern.test(moduleId))
      return slowness < 0 ? -(killedAt.get(moduleId) ?? 0) : slowness + 1
    }
    return Promise.resolve([...files].sort((one, other) => rank(one) - rank(other)))
  }
}

const notesKills: Reporter = {
  onTestModuleEnd(testModule: TestModule) {
    // One that was not even loaded killed nothing.
    const hasTests = testModule.children.size > 0
    if (hasTests && testModule.state() === 'failed') killedAt.set(testModule.moduleId, ++kills)
  },
}

const { tests, without = [], isIsolated = false, testTimeout = 5_000 } = partOf()

/** What the mutants of `stryker.config.mjs` are tried on. */
export default defineConfig({
  resolve: { alias: sources },
  test: {
    include: [...tests],
    exclude: ['**/node_modules/**', ...without],
    env: {
      UNEXPIRED_STATE_RUNS: '300',
      UNEXPIRED_MODEL_RUNS: '100',
      UNEXPIRED_MODEL_SEED: '20260101',
    },
    globalSetup: 'test/mutation/global-setup.ts',
    setupFiles: ['test/mutation/one-seed.ts'],
    sequence: { sequencer: LikeliestFirst },
    reporters: [notesKills],
    restoreMocks: true,
    runner: 'test/mutation/stop-at-first-failure.ts',
    isolate: isIsolated,
    testTimeout,
  },
})
