import { inspect } from 'node:util'

import { safely } from './fields.js'
import type { Recorder } from './recorder.js'
import { watchConsole } from './watch-console.js'

/** What the package prints begins so; what it prints by mistake may not, and is known by who called. */
const ours = '[unexpired]'

/** The caller, below what is in this folder. */
function isCalledByUs(): boolean {
  const frames = (new Error().stack ?? '').split('\n').slice(1)
  const caller = frames.find((frame) => !/[/\\]canary[/\\]watch-/.test(frame)) ?? ''
  return /[/\\](?:src|dist)[/\\](?!testing[/\\])/.test(caller)
}

const isPrintedByUs = (texts: readonly unknown[]): boolean =>
  texts.some((text) => typeof text === 'string' && text.includes(ours)) || isCalledByUs()

/** All that Node's console shows of a value. */
export const printed = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : safely(() => inspect(value, { depth: 6, maxStringLength: null, maxArrayLength: null }))

/** Sees what the package prints, and what the process warns of. Nothing is changed by it. */
export function watchOutput(recorder: Recorder, isOurs = isPrintedByUs): void {
  watchConsole(recorder, printed, isOurs)

  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream)
    stream.write = ((...given: Parameters<typeof write>) => {
      if (isOurs([given[0]])) recorder.show(printed(given[0]), 'output')
      return write(...given)
    }) as typeof stream.write
  }

  process.on('warning', (warning) => recorder.show(String(warning.stack), 'warning'))
}
