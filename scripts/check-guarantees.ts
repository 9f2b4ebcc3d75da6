/**
 * Checks that docs/guarantees.md tells the truth: every guarantee is there, with what is promised,
 * when it does not hold, and which tests show it; those tests exist and are run; and no test says that
 * it shows a guarantee that does not name it. Another folder with its tests can be the argument.
 */
import { readFile, readdir } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createVitest, type TestCase } from 'vitest/node'

import { faultsOf, type FoundTest } from './guarantee-faults.js'
import { titlesIn } from './guarantee-titles.js'
import { readGuarantees } from './guarantees.js'

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)))
const document = 'docs/guarantees.md'

const isSource = /\.(?:ts|tsx|mjs)$/
/** Caches, what is written while tests run, and the tests of this check itself. */
const isNone = /\/node_modules\/|\/\.|^test\/package\/guarantee/

const { conditions, rows } = readGuarantees(await readFile(join(root, document), 'utf8'))
const files = [...new Set(rows.flatMap(({ shownBy }) => shownBy.map(({ file }) => file)))]
const tests = files.length > 0 ? await findTests() : []
const faults = faultsOf({ conditions, rows }, tests, await findTitles())
for (const fault of faults) console.log(`${document}: ${fault}`)
if (faults.length > 0) process.exitCode = 1
else console.log(`${rows.length} guarantees, shown by tests in ${files.length} files`)

/** What tests say that they show, whoever runs them. */
async function findTitles() {
  const sources = (await readdir(join(root, 'test'), { recursive: true }))
    .map((path) => `test/${path.split(sep).join('/')}`)
    .filter((path) => isSource.test(path) && !isNone.test(path))
  const titles = sources.map(async (file) =>
    titlesIn(file, await readFile(join(root, file), 'utf8')),
  )
  return (await Promise.all(titles)).flat()
}

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
        without: lackOf(test),
      })),
    )
  } finally {
    await vitest.close()
  }
}

function lackOf({ options }: TestCase): FoundTest['without'] {
  if (options.mode === 'skip' || options.mode === 'todo') return 'skipped'
  return options.fails ? 'expected to fail' : undefined
}

function namesOf(test: TestCase): string[] {
  const names = [test.name]
  for (let group = test.parent; group.type === 'suite'; group = group.parent) {
    names.unshift(group.name)
  }
  return names
}
