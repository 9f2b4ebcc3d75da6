import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Says in one last line how many tests passed and failed. What failed outside of any test counts as
 * a failure, and so does a test that was skipped: where this runs, nothing may be.
 */
export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0
    let failed = errors.length
    const skipped: string[] = []
    for (const testModule of modules) {
      failed += testModule.errors().length
      for (const test of testModule.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed += 1
        else if (state === 'failed') failed += 1
        else skipped.push(`${testModule.relativeModuleId} › ${test.fullName}`)
      }
      for (const suite of testModule.children.allSuites()) failed += suite.errors().length
    }
    for (const name of skipped) console.log(`skipped, and nothing may be: ${name}`)
    failed += skipped.length
    if (failed > 0) process.exitCode = 1
    console.log(`${passed} passed, ${failed} failed`)
  }
}
