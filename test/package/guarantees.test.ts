import { expect, test } from 'vitest'

import { faultsOf } from '../../scripts/guarantee-faults.js'
import type { FoundTest } from '../../scripts/guarantee-faults.js'
import { titlesIn } from '../../scripts/guarantee-titles.js'
import { readGuarantees } from '../../scripts/guarantees.js'

const all = Array.from({ length: 44 }, (_, index) => index + 1)

const rowOf = (
  number: number,
  not = '**no lock**.',
  shownBy = [`test/a.test.ts › G${number} holds`],
) =>
  [
    `- **G${number}** It is promised,`,
    '  on two lines.',
    `  - _Not:_ ${not}`,
    '  - _Shown by:_',
    ...shownBy.map((name) => `    - \`${name}\``),
  ].join('\n')

const table = ['| name | where |', '| --- | --- |', '| **no lock** | nowhere |']

/** A document in which every guarantee is shown by a test of its own, but for what is changed. */
function documentWith(changes: Readonly<Record<number, string>> = {}): string {
  const rows = all.map((number) => changes[number] ?? rowOf(number))
  return ['# What is guaranteed', '', ...table, '', ...rows, '', '## End', ''].join('\n')
}

/** Where that of G7 begins: five lines each, after the table. */
const g7 = 6 * 5 + 7

const tests: readonly FoundTest[] = all.map((number) => ({
  file: 'test/a.test.ts',
  names: ['a group', `G${number} holds`],
}))

const faults = (
  markdown: string,
  found: readonly FoundTest[] = tests,
  sources: Readonly<Record<string, string>> = {},
): readonly string[] => {
  const titles = Object.entries(sources).flatMap(([file, source]) => titlesIn(file, source))
  return faultsOf(readGuarantees(markdown), found, titles)
}

test('a document that says of each guarantee when it does not hold, and names a test, is right', () => {
  expect(faults(documentWith())).toEqual([])
  const { rows, conditions } = readGuarantees(documentWith())
  expect(rows[6]).toEqual({
    number: 7,
    line: g7,
    promise: 'It is promised, on two lines.',
    not: '**no lock**.',
    shownBy: [{ file: 'test/a.test.ts', name: 'G7 holds', line: g7 + 4 }],
    alsoIn: [],
  })
  expect([...conditions]).toEqual([['no lock', 5]])
})

test.each([
  ['test/a.test.ts › a group › G7 holds'],
  ['test/a.test.ts › … › G7 …'],
  ['test/a.test.ts › G7 h…s'],
])('%j is a way to name a test', (name) => {
  expect(faults(documentWith({ 7: rowOf(7, 'nothing.', [name]) }))).toEqual([])
})

test.each([
  ['test/a.test.ts › G7 sometimes holds', 'is not there'],
  ['test/a.test.ts › holds', 'is not there'],
  ['test/b.test.ts › G7 holds', 'is in no file of tests'],
  ['test/a.test.ts › …', 'may be any test: it names neither G7 nor what'],
  ['test/a.test.ts › … › …holds', 'may be any test: it names neither G7 nor what'],
  ['test/a.test.ts › G17 …', 'may be any test: it names neither G7 nor what'],
])('the test %j is a fault', (name, fault) => {
  expect(faults(documentWith({ 7: rowOf(7, 'nothing.', [name]) }))).toEqual([
    `line ${g7 + 4}: G7: ${name} ${fault}`,
  ])
})

test.each([
  ['', 'G7 is absent'],
  [rowOf(7, ''), `line ${g7}: G7 does not say when it does not hold ("Not:")`],
  [rowOf(7).replace(/ +- _Not:_.*\n/, ''), /G7 does not say when it does not hold/],
  [rowOf(7, 'often.'), /G7 names no condition, and does not say "nothing"/],
  [rowOf(7, '**no luck**.'), /G7: the condition "no luck" is defined nowhere/],
  [rowOf(7, 'nothing.', []), `line ${g7}: G7 names no test`],
  [rowOf(7).replace('It is promised,\n  on two lines.', ''), /G7 promises nothing/],
  [`${rowOf(7)}\n${rowOf(7)}`, `line ${g7 + 5}: G7 stands there twice`],
  [`${rowOf(7)}\n${rowOf(45, 'nothing.', [])}`, /there is no G45/],
])('%j is a fault', (row, fault) => {
  expect(faults(documentWith({ 7: row }))[0]).toMatch(fault)
})

test('a condition that no guarantee names is a fault', () => {
  const markdown = documentWith().replace(table[2] ?? '', `${table[2]}\n| **no luck** | ever |`)
  expect(faults(markdown)).toEqual(['line 6: no guarantee names the condition "no luck"'])
})

test.each(['skipped', 'expected to fail'] as const)(
  'a test that is %s shows nothing',
  (without) => {
    const found = tests.map((each, index) => (index === 8 ? { ...each, without } : each))
    expect(faults(documentWith(), found)).toEqual([
      `line ${g7 + 14}: G9: test/a.test.ts › G9 holds is ${without}`,
    ])
  },
)

test('one of several that are meant is enough for that', () => {
  const more: FoundTest = { file: 'test/a.test.ts', names: ['G9 holds, too'], without: 'skipped' }
  const name = 'test/a.test.ts › G9 holds…'
  expect(faults(documentWith({ 9: rowOf(9, 'nothing.', [name]) }), [...tests, more])).toEqual([
    `line ${g7 + 14}: G9: ${name} is skipped`,
  ])
})

test('a test that says that it shows a guarantee is named by it', () => {
  const source = "test('G9 holds', () => {})\ntest.each(all)(`G8 ho${what}s`, () => {})\n"
  expect(faults(documentWith(), tests, { 'test/b.test.ts': source })).toEqual([])
  for (const [text, fault] of [
    ["test('G9 never holds')", '"G9 never holds": G9 names neither it nor its folder'],
    ["describe('G45 holds')", '"G45 holds": there is no G45'],
    ["['G0 holds', 1]", '"G0 holds": there is no G0'],
    ['test(`G7 it isn\\`t %s`)', '"G7 it isn`t %s": G7 names neither it nor its folder'],
  ]) {
    expect(faults(documentWith(), tests, { 'test/core/b.test.ts': `\n${text}` })).toEqual([
      `test/core/b.test.ts:2: ${fault}`,
    ])
  }
})

test('a guarantee may say in which folders more tests show it', () => {
  const row = rowOf(7).replace(/$/, '\n    - also `test/core`, `test/node`')
  const sources = { 'test/core/b.test.ts': "test('G7 never fails')" }
  expect(faults(documentWith({ 7: row }), tests, sources)).toEqual([
    `line ${g7}: no test in test/node says that it shows G7`,
  ])
})

test('a test that is not run is no argument, wherever it is; a comment is none either', () => {
  const row = rowOf(7).replace(/$/, '\n    - also `test/core`')
  const file = 'test/core/b.test.ts'
  const among = (text: string): readonly string[] =>
    faults(documentWith({ 7: row }), tests, { [file]: text })
  for (const way of [
    'skip',
    'todo',
    'fails',
    'skip.each([1])',
    'skipIf(false)',
    'concurrent.skip',
  ]) {
    const text = `test.${way}('G7 never fails')`
    const isIdle = way !== 'skipIf(false)'
    expect(among(text)).toEqual(
      isIdle ? [`${file}:1: "G7 never fails": is not run, or is expected to fail`] : [],
    )
  }
  for (const text of ["// test('G7 never fails')", "/**\n * 'G7 never fails'\n */"]) {
    expect(among(text)).toEqual([`line ${g7}: no test in test/core says that it shows G7`])
  }
})
