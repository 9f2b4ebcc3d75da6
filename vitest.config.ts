import { configDefaults, defineConfig } from 'vitest/config'

import { TallyReporter } from './scripts/tally-reporter.js'
import { sources } from './vitest.sources.js'

/** What needs the packed package, and takes longer. */
const packaged = ['test/package/**/*.test.ts', 'test/runtimes/**/*.test.ts']

/** What runs in the pages of real browsers. */
const inBrowsers = ['test/browser/**/*.test.ts']

/** What starts processes and Redis. */
const inProcesses = [
  'test/node/**/*.test.ts',
  'test/hostile/processes/*.test.ts',
  'test/playground/program.test.ts',
]

/** Looks for tokens in all that was shown, after each test. */
const canary = 'test/canary/setup.ts'

/** What touches no global, and leaves nothing behind: modules are loaded once for all of it. */
const shared = ['core', 'faults', 'fetch', 'model', 'stores', 'testing', 'undici'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)
shared.push('test/axios/contract-{custom,fetch,http}.test.ts')

export default defineConfig({
  resolve: { alias: sources },
  test: {
    restoreMocks: true,
    // One for each core: most of the time is spent waiting for servers.
    maxWorkers: '100%',
    // The tally comes last, and is one line: for whoever reads with a program.
    reporters: process.env['CI'] ? ['default', new TallyReporter()] : ['default'],
    coverage: { include: ['src/**'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'suite',
          setupFiles: canary,
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            ...packaged,
            ...inBrowsers,
            ...inProcesses,
            ...shared,
          ],
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'suite-shared',
          include: shared,
          setupFiles: canary,
          isolate: false,
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: packaged,
          globalSetup: 'test/package/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Afterwards: compilers and package managers would take the time that the others measure.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'node',
          include: inProcesses,
          setupFiles: canary,
          globalSetup: 'test/node/harness/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: inBrowsers,
          globalSetup: 'test/browser/harness/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Browsers bring processes of their own: they come last.
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
