import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { setFn } from 'vitest/suite'

export type Test = Parameters<typeof setFn>[0]

/**
 * The runner that Vitest itself uses, and no other copy. `vitest/suite` hands the same out, but warns
 * at each import that it is deprecated; and `TestRunner.setTestFn`, which is to follow, only reads.
 */
async function runnerOfVitest(): Promise<{ setFn: typeof setFn }> {
  const vitest = createRequire(fileURLToPath(import.meta.resolve('vitest')))
  const runner = pathToFileURL(vitest.resolve('@vitest/runner')).href
  return (await import(runner)) as { setFn: typeof setFn }
}

/** Gives a test that is registered already something else to do. */
export async function replaceTest(test: Test, run: () => Promise<void>): Promise<void> {
  const runner = await runnerOfVitest()
  runner.setFn(test, run)
}
