import { SourceMap } from 'node:module'
import { resolve } from 'node:path'
import type { Bundle } from './bundle.js'
import type { PageError } from './commands.js'

/** An error of the page, as one that was thrown here: it points to the sources. */
export function errorFrom(told: PageError, { map, folder }: Bundle): Error {
  const sources = new SourceMap(JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0])

  function placeOf(line: string): string | undefined {
    // Chromium says `at name (place)`, the others `name@place`.
    const [, name = '', row, column] =
      /^(?:\s*at )?(.*?)[ (@]*http:[^ )]*\/contract\.js:(\d+):(\d+)\)?$/.exec(line) ?? []
    if (row === undefined) return undefined
    const entry = sources.findEntry(Number(row) - 1, Number(column) - 1)
    if (!('originalSource' in entry)) return undefined
    const { originalSource, originalLine, originalColumn } = entry
    const place = `${resolve(folder, originalSource)}:${originalLine + 1}:${originalColumn + 1}`
    return `    at ${name} (${place})`
  }

  const error = new Error(told.message)
  const places = told.stack.split('\n').flatMap((line) => placeOf(line) ?? [])
  error.name = told.name
  error.stack = [`${told.name}: ${told.message}`, ...places].join('\n')
  return Object.assign(error, told.diff === undefined ? {} : { diff: told.diff })
}
