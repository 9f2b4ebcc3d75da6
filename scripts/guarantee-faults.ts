import { arrow, patternOf } from './guarantees.js'
import type { Guarantee, Guarantees, NamedTest } from './guarantees.js'
import type { Title } from './guarantee-titles.js'

/** A test as the runner found it. */
export interface FoundTest {
  readonly file: string
  /** Of the groups around it, from the outermost, and its own. */
  readonly names: readonly string[]
  /** It is not run, or shows the opposite: `skip`, `todo`, `fails`; by itself or with its group. */
  readonly without?: 'skipped' | 'expected to fail' | undefined
}

/** How many guarantees there are: G1 to this one. */
const howMany = 44

/** What is wrong with the document, one sentence each. */
export function faultsOf(
  { conditions, rows }: Guarantees,
  tests: readonly FoundTest[],
  titles: readonly Title[],
): readonly string[] {
  const faults: string[] = []
  for (let number = 1; number <= howMany; number += 1) {
    const [row, again] = rows.filter((each) => each.number === number)
    if (!row) faults.push(`G${number} is absent`)
    if (again) faults.push(`line ${again.line}: G${number} stands there twice`)
  }
  const used = new Set<string>()
  for (const row of rows) {
    if (row.number < 1 || row.number > howMany) {
      faults.push(`line ${row.line}: there is no G${row.number}`)
    }
    faults.push(...faultsOfRow(row, conditions, used).map((fault) => `line ${row.line}: ${fault}`))
    for (const folder of row.alsoIn) {
      if (!titles.some((title) => folderOf(title) === folder && title.numbers.includes(row.number)))
        faults.push(`line ${row.line}: no test in ${folder} says that it shows G${row.number}`)
    }
    for (const named of row.shownBy) {
      const fault = faultOf(named, row.number, tests)
      if (fault) {
        const { line, file, name } = named
        faults.push(`line ${line}: G${row.number}: ${file}${arrow}${name} ${fault}`)
      }
    }
  }
  for (const [name, line] of conditions) {
    if (!used.has(name)) faults.push(`line ${line}: no guarantee names the condition "${name}"`)
  }
  return [...faults, ...titles.flatMap((title) => faultsOfTitle(title, rows, tests))]
}

function faultsOfRow(
  { number, promise, not, shownBy }: Guarantee,
  conditions: ReadonlyMap<string, number>,
  used: Set<string>,
): string[] {
  const faults: string[] = []
  if (promise === '') faults.push(`G${number} promises nothing`)
  if (shownBy.length === 0) faults.push(`G${number} names no test`)
  if (!not) return [...faults, `G${number} does not say when it does not hold ("Not:")`]
  const named = [...not.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = '']) => name)
  for (const name of named) {
    if (conditions.has(name)) used.add(name)
    else faults.push(`G${number}: the condition "${name}" is defined nowhere`)
  }
  if (named.length === 0 && !not.startsWith('nothing')) {
    faults.push(`G${number} names no condition, and does not say "nothing"`)
  }
  return faults
}

function faultOf(
  named: NamedTest,
  number: number,
  tests: readonly FoundTest[],
): string | undefined {
  if (isVague(named.name, number)) return `may be any test: it names neither G${number} nor what`
  const inFile = tests.filter(({ file }) => file === named.file)
  if (inFile.length === 0) return 'is in no file of tests'
  const meant = meantBy(named, tests)
  if (meant.length === 0) return 'is not there'
  const lacking = meant.find(({ without }) => without)
  return lacking?.without && `is ${lacking.without}`
}

/** What says so little that it may be any test. Words are counted where no number is. */
function isVague(name: string, number: number): boolean {
  const parts = name.split(arrow)
  if (parts.some((part) => part.split(/[\s…]/).includes(`G${number}`))) return false
  const own = parts.at(-1) ?? ''
  const words = own.split(/[\s…]+/).filter((word) => /[a-z]{2}/i.test(word))
  return own.includes('…') && words.length < fewWords
}

/** With less, anything could be meant. */
const fewWords = 3

function meantBy({ file, name }: NamedTest, tests: readonly FoundTest[]): FoundTest[] {
  // The outer groups may be left out.
  const pattern = patternOf(`${arrow}${name}`, '…')
  return tests.filter((found) => {
    if (found.file !== file) return false
    const { names } = found
    return names.some((_, at) => pattern.test(arrow + names.slice(at).join(arrow)))
  })
}

/** Each test that says that it shows a guarantee is one of those that its row names. */
function faultsOfTitle(
  { file, line, text, numbers, isIdle, pattern }: Title,
  rows: readonly Guarantee[],
  tests: readonly FoundTest[],
): string[] {
  return numbers.flatMap((number) => {
    const row = rows.find((each) => each.number === number)
    const title = `${file}:${line}: "${text}"`
    if (number < 1 || number > howMany) return [`${title}: there is no G${number}`]
    if (isIdle) return [`${title}: is not run, or is expected to fail`]
    const isNamed =
      row?.alsoIn.includes(folderOf({ file })) ||
      row?.shownBy.some((named) =>
        meantBy(named, tests).some(({ names }) => names.some((name) => pattern.test(name))),
      )
    return isNamed ? [] : [`${title}: G${number} names neither it nor its folder`]
  })
}

const folderOf = ({ file }: Pick<Title, 'file'>): string => file.split('/').slice(0, 2).join('/')
