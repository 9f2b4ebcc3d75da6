/** `scripts/mutants.ts` sets it, and `mutate`, for the parts beside the core. */
const part = process.env.MUTANTS ?? 'core'

/** Nobody sees which mutants the processes of tests reach. */
const inProcesses = process.env.MUTANTS_IN_PROCESSES !== undefined

export default {
  mutate: ['src/core/**/*.ts'],
  // Processes that tests start learn from the environment which mutant it is: the command's has it.
  testRunner: inProcesses ? 'command' : 'vitest',
  commandRunner: { command: 'npx vitest run --config vitest.mutation.config.ts --bail 1' },
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: inProcesses ? 'off' : 'perTest',
  // What is worked out once, when a module is loaded, would take a run of all tests each.
  ignoreStatic: !inProcesses,
  concurrency: Number(process.env.MUTANTS_CONCURRENCY ?? 2),
  // Beside what the tests took before: for a machine that is busy.
  timeoutMS: 6_000,
  incremental: true,
  incrementalFile: `node_modules/.cache/mutants/${part}.json`,
  tempDirName: 'coverage/mutants/sandbox',
  cleanTempDir: 'always',
  ignorePatterns: [
    'dist',
    'docs',
    'coverage',
    'playground',
    'bench',
    'test/browser/screens/expected',
  ],
  reporters: ['progress-append-only', 'json', 'html'],
  jsonReporter: { fileName: `coverage/mutants/${part}.json` },
  htmlReporter: { fileName: `coverage/mutants/${part}.html` },
  allowConsoleColors: false,
}
