import { patternOf } from './guarantees.js'

/** The name of a test, or of several, as it is written in a file: it begins with guarantees that it shows. */
export interface Title {
  readonly file: string
  readonly line: number
  readonly text: string
  readonly numbers: readonly number[]
  /** It says itself that it is not run, or shows the opposite. */
  readonly isIdle: boolean
  /** The names that it stands for. */
  readonly pattern: RegExp
}

/** A text in quotes that begins with a number, whatever it is put into. */
const written = /(?<quote>['"`])(?<text>(?:G\d+ )+(?:\\.|(?!\k<quote>).)+)\k<quote>/gs

/** What the test runner, or the language, puts something else for. */
const placeholder = /%[sdifjo#%]|\$\{[^}]*\}|\$[\w.]+/

/** A line of a comment names no test. */
const comment = /^\s*(?:\*|\/\/|\/\*)/

/** What a test begins with that does not count. */
const idle = /\.(?:skip|todo|fails)\b[^;'"`]*$/

/** Reads the names of tests in a file that show a guarantee. */
export function titlesIn(file: string, source: string): readonly Title[] {
  return [...source.matchAll(written)].flatMap(({ index, groups = {} }) => {
    const before = source.slice(0, index)
    if (comment.test(before.slice(before.lastIndexOf('\n') + 1))) return []
    const text = (groups['text'] ?? '').replace(/\\(.)/g, '$1')
    const numbers = [...(/^(?:G\d+ )+/.exec(text)?.[0] ?? '').matchAll(/\d+/g)].map(Number)
    const line = before.split('\n').length
    const isIdle = idle.test(before.slice(-120))
    return [{ file, line, text, numbers, isIdle, pattern: patternOf(text, placeholder) }]
  })
}
