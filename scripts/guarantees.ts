/** One guarantee of docs/guarantees.md. */
export interface Guarantee {
  readonly number: number
  /** The line that it begins on. */
  readonly line: number
  /** Whether it says that it is not shown yet. */
  readonly isNotYet: boolean
  readonly shownBy: readonly NamedTest[]
}

/** A test as the document names it: `` `test/core/session.test.ts › G1 a herd causes one refresh` ``. */
export interface NamedTest {
  readonly file: string
  /** With the names of the groups around it before it, or without; `…` stands for anything. */
  readonly name: string
  readonly line: number
}

/** A test as the runner found it. */
export interface FoundTest {
  readonly file: string
  /** Of the groups around it, from the outermost, and its own. */
  readonly names: readonly string[]
  readonly isSkipped: boolean
}

/** How many guarantees there are: G1 to this one. */
const howMany = 44

/** Between the file, the groups and the name of a test. */
const arrow = ' › '

/** A guarantee begins where its number is the first word: of a line, an item, a cell or a heading. */
const beginning = /^[\s|>#*_-]*G(\d+)\b/

const namedTest = /`(test\/[^`]+?) › ([^`]+)`/g

/** Reads the guarantees, each with all that stands between it and the next. */
export function readGuarantees(markdown: string): readonly Guarantee[] {
  const guarantees: { number: number; line: number; isNotYet: boolean; shownBy: NamedTest[] }[] = []
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1
    const number = beginning.exec(text)?.[1]
    if (number) guarantees.push({ number: Number(number), line, isNotYet: false, shownBy: [] })
    const current = guarantees.at(-1)
    if (!current) continue
    current.isNotYet ||= /\bnot yet\b/i.test(text)
    for (const [, file = '', name = ''] of text.matchAll(namedTest)) {
      current.shownBy.push({ file, name, line })
    }
  }
  return guarantees
}

/** What is wrong with the document, one sentence each. */
export function faultsOf(
  guarantees: readonly Guarantee[],
  tests: readonly FoundTest[],
): readonly string[] {
  const faults: string[] = []
  for (let number = 1; number <= howMany; number += 1) {
    const entries = guarantees.filter((guarantee) => guarantee.number === number)
    if (entries.length === 0) faults.push(`G${number} is absent`)
    else if (!entries.some((entry) => entry.isNotYet || entry.shownBy.length > 0)) {
      faults.push(`line ${entries[0]?.line}: G${number} names no test, and is not marked "not yet"`)
    }
  }
  for (const { number, line } of guarantees) {
    if (number < 1 || number > howMany) faults.push(`line ${line}: there is no G${number}`)
  }
  for (const { number, shownBy } of guarantees) {
    for (const named of shownBy) {
      const fault = faultOf(named, tests)
      if (fault)
        faults.push(`line ${named.line}: G${number}: ${named.file}${arrow}${named.name} ${fault}`)
    }
  }
  return faults
}

function faultOf(named: NamedTest, tests: readonly FoundTest[]): string | undefined {
  const inFile = tests.filter(({ file }) => file === named.file)
  if (inFile.length === 0) return 'is in no file of tests'
  const pattern = patternOf(named.name)
  const meant = inFile.filter(({ names }) => pattern.test(names.join(arrow)))
  if (meant.length === 0) return 'is not there'
  return meant.some(({ isSkipped }) => isSkipped) ? 'is skipped' : undefined
}

function patternOf(name: string): RegExp {
  const parts = name.split('…').map((part) => part.replace(/[$()*+./?[\\\]^{|}-]/g, '\\$&'))
  return new RegExp(`(?:^|${arrow})${parts.join('.*')}$`)
}
