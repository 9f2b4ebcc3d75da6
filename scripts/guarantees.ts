/** What docs/guarantees.md says. */
export interface Guarantees {
  /** The names of the conditions under which guarantees do not hold, and the lines that define them. */
  readonly conditions: ReadonlyMap<string, number>
  readonly rows: readonly Guarantee[]
}

/** One guarantee. */
export interface Guarantee {
  readonly number: number
  /** The line that it begins on. */
  readonly line: number
  /** What is promised. */
  readonly promise: string
  /** When it is not: `nothing.`, or sentences that name conditions. Absent where nobody says so. */
  readonly not: string | undefined
  readonly shownBy: readonly NamedTest[]
  /** Folders in which more tests say that they show it. */
  readonly alsoIn: readonly string[]
}

/** A test as the document names it: `` `test/core/session.test.ts › G1 a herd causes one refresh` ``. */
export interface NamedTest {
  readonly file: string
  /** With the names of the groups around it before it, or without; `…` stands for anything. */
  readonly name: string
  readonly line: number
}

/** Between the file, the groups and the name of a test. */
export const arrow = ' › '

/** A guarantee begins where its number is the first word of an item. */
const beginning = /^- \*\*G(\d+)\*\* ?(.*)$/

/** Its second part begins so, and then the third. */
const parts = { not: /^ +- _Not:_ ?(.*)$/, shown: /^ +- _Shown by:_ ?(.*)$/ }

/** A condition is the first cell of a row of a table. */
const condition = /^\| \*\*([^*|]+)\*\* +\|/

const namedTest = /`(test\/[^`]+?) › ([^`]+)`/g

/** One below `test`. */
const folder = /`(test\/[\w-]+)`/g

interface Row {
  readonly number: number
  readonly line: number
  readonly promise: string[]
  not: string[] | undefined
  readonly shownBy: NamedTest[]
  readonly alsoIn: string[]
}

/** Reads the conditions, and the guarantees, each with all that stands between it and the next. */
export function readGuarantees(markdown: string): Guarantees {
  const conditions = new Map<string, number>()
  const rows: Row[] = []
  /** Where the sentences of the part that is being read go. */
  let part: string[] = []
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1
    const defined = condition.exec(text)?.[1]
    if (defined !== undefined) conditions.set(defined, line)
    const [, number, begun] = beginning.exec(text) ?? []
    const not = parts.not.exec(text)?.[1]
    const shown = parts.shown.exec(text)?.[1]
    if (number !== undefined) {
      part = [begun ?? '']
      const tests = { shownBy: [], alsoIn: [] }
      rows.push({ number: Number(number), line, promise: part, not: undefined, ...tests })
      continue
    }
    const row = rows.at(-1)
    if (!row) continue
    if (not !== undefined) part = row.not = [not]
    else if (shown !== undefined) part = []
    // A heading ends what stands before it.
    else if (text.startsWith('#')) part = []
    else part.push(text.trim())
    for (const [, file = '', name = ''] of text.matchAll(namedTest)) {
      row.shownBy.push({ file, name, line })
    }
    for (const [, name = ''] of text.matchAll(folder)) row.alsoIn.push(name)
  }
  const joined = (lines: readonly string[]): string => lines.join(' ').trim()
  return {
    conditions,
    rows: rows.map((row) => ({
      ...row,
      promise: joined(row.promise),
      not: row.not && joined(row.not),
    })),
  }
}

/** Which texts are meant by one in which a sign stands for anything. */
export function patternOf(text: string, sign: string | RegExp, anything = '.*'): RegExp {
  const pieces = text.split(sign).map((piece) => piece.replace(/[$()*+./?[\\\]^{|}-]/g, '\\$&'))
  return new RegExp(`^${pieces.join(anything)}$`, 's')
}
