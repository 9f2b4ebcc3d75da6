import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { faultsOf, readGuarantees, type FoundTest } from '../../scripts/guarantees.js'
import { root, run } from './run.js'

const all = Array.from({ length: 44 }, (_, index) => index + 1)

/** A document in which every guarantee is shown by a test of its own, but for what is changed. */
function documentWith(changes: Readonly<Record<number, string>> = {}): string {
  const rows = all.map(
    (number) =>
      changes[number] ?? `| G${number} | promised | \`test/a.test.ts › G${number} holds\` |`,
  )
  return ['# What unexpired guarantees', '', ...rows, ''].join('\n')
}

const tests: readonly FoundTest[] = all.map((number) => ({
  file: 'test/a.test.ts',
  names: ['a group', `G${number} holds`],
  isSkipped: number === 9,
}))
const good = tests.map((found) => ({ ...found, isSkipped: false }))

const faults = (markdown: string, found: readonly FoundTest[] = good): readonly string[] =>
  faultsOf(readGuarantees(markdown), found)

test('a document that names a test for each guarantee is right', () => {
  expect(faults(documentWith())).toEqual([])
})

test.each([
  ['- **G7** promised: `test/a.test.ts › a group › G7 holds`'],
  ['### G7\n\npromised\n\n- `test/a.test.ts › G7 h…s`'],
  ['| G7 | promised | Not yet: it needs two tabs |'],
])('%j is a way to show a guarantee', (row) => {
  expect(faults(documentWith({ 7: row }))).toEqual([])
})

test.each([
  ['', 'G7 is absent'],
  ['| G7 | promised | |', 'line 9: G7 names no test, and is not marked "not yet"'],
  [
    '| G7 | promised | `test/a.test.ts › G7 sometimes holds` |',
    'line 9: G7: test/a.test.ts › G7 sometimes holds is not there',
  ],
  [
    '| G7 | promised | `test/a.test.ts › holds` |',
    'line 9: G7: test/a.test.ts › holds is not there',
  ],
  [
    '| G7 | promised | `test/b.test.ts › G7 holds` |',
    'line 9: G7: test/b.test.ts › G7 holds is in no file of tests',
  ],
])('%j is a fault', (row, fault) => {
  expect(faults(documentWith({ 7: row }))).toEqual([fault])
})

test('a skipped test shows nothing', () => {
  expect(faults(documentWith(), tests)).toEqual([
    'line 11: G9: test/a.test.ts › G9 holds is skipped',
  ])
})

test('a number beyond the last is a fault', () => {
  const markdown = `${documentWith()}| G45 | promised | not yet |\n`
  expect(faults(markdown)).toEqual(['line 47: there is no G45'])
})

const check = (...args: readonly string[]): Promise<string> => {
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
  return run(process.execPath, [tsx, 'scripts/check-guarantees.ts', ...args], { cwd: root })
}

test('the check asks the test runner which tests there are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unexpired-guarantees-'))
  try {
    const document = join(folder, 'guarantees.md')
    const here = 'test/package/guarantees.test.ts'
    const rows = all.map((number) => `- G${number} \`${here} › a skipped test shows nothing\``)
    await writeFile(document, rows.join('\n'))
    expect(await check(document)).toContain('44 guarantees')
    await writeFile(document, rows.join('\n').replace('shows nothing', 'shows much'))
    await expect(check(document)).rejects.toThrow(`G1: ${here} › a skipped test shows much is not`)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('docs/guarantees.md names tests that exist', async () => {
  expect(await check()).toContain('44 guarantees')
})
