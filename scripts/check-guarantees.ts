/**
 * Checks that docs/guarantees.md tells the truth: every guarantee is there, and every test that is
 * named for one exists and is not skipped. Another document can be named as the argument.
 */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createVitest, type TestCase } from 'vitest/node'

import { faultsOf, readGuarantees, type FoundTest } from './guarantees.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const document = process.argv[2] ?? 'docs/guarantees.md'
const guarantees = readGuarantees(await readFile(resolve(root, document), 'utf8'))
const files = [...new Set(guarantees.flatMap(({ shownBy }) => shownBy.map(({ file }) => file)))]

const tests = files.length > 0 ? await findTests() : []
const faults = faultsOf(guarantees, tests)
for (const fault of faults) console.log(`${document}: ${fault}`)
if (faults.length > 0) process.exitCode = 1
else console.log(`${guarantees.length} guarantees, shown by tests in ${files.length} files`)

/** Asks the test runner which tests there are, since names may be made when the files are loaded. */
async function findTests(): Promise<FoundTest[]> {
  process.env['UNEXPIRED_LIST_ONLY'] = 'yes'
  const vitest = await createVitest('test', { root, watch: false, reporters: [{}] })
  try {
    const { testModules, unhandledErrors } = await vitest.collect(files)
    const errors = testModules.flatMap((testModule) => testModule.errors())
    for (const error of [...errors, ...unhandledErrors]) throw error
    return testModules.flatMap((testModule) =>
      [...testModule.children.allTests()].map((test) => ({
        file: testModule.relativeModuleId,
        names: namesOf(test),
        isSkipped: test.options.mode === 'skip' || test.options.mode === 'todo',
      })),
    )
  } finally {
    await vitest.close()
  }
}

function namesOf(test: TestCase): string[] {
  const names = [test.name]
  for (let group = test.parent; group.type === 'suite'; group = group.parent) {
    names.unshift(group.name)
  }
  return names
}
