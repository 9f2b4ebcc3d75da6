import { inspect } from 'node:util'

import { safely } from './fields.js'
import type { Place } from './places.js'
import type { Recorder } from './recorder.js'

/** What the package prints begins so; what it prints by mistake may not, and is known by who called. */
const ours = '[unexpired]'

/** The caller, below what is in this file. */
function isCalledByUs(): boolean {
  const [, , , , caller = ''] = (new Error().stack ?? '').split('\n')
  return /[/\\](?:src|dist)[/\\](?!testing[/\\])/.test(caller)
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : safely(() => inspect(value, { depth: 6 }))

/** Sees what the package prints, and what the process warns of. Nothing is changed by it. */
export function watchOutput(recorder: Recorder): void {
  const show = (texts: readonly unknown[], place: Place): void => {
    const isMarked = texts.some((text) => typeof text === 'string' && text.includes(ours))
    if (isMarked || isCalledByUs()) for (const text of texts) recorder.show(textOf(text), place)
  }

  // Also where a test has put a spy in its place: so what is called is seen, not what it was.
  const wrapped = new WeakMap<object, unknown>()
  const seen = (print: unknown): unknown => {
    if (typeof print !== 'function') return print
    const known = wrapped.get(print)
    if (known) return known
    const proxy: unknown = new Proxy(print, {
      apply(target, self, texts: unknown[]): unknown {
        show(texts, 'console')
        return Reflect.apply(target, self, texts)
      },
    })
    wrapped.set(print, proxy)
    wrapped.set(proxy as object, proxy)
    return proxy
  }
  globalThis.console = new Proxy(globalThis.console, {
    get: (target, name): unknown => seen(Reflect.get(target, name)),
  })

  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream)
    stream.write = ((...given: Parameters<typeof write>) => {
      show([given[0]], 'output')
      return write(...given)
    }) as typeof stream.write
  }

  process.on('warning', (warning) => recorder.show(String(warning.stack), 'warning'))
}
