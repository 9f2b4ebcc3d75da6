import type { Recorder } from './recorder.js'

const errorBrand = Symbol.for('unexpired.SessionError')
const port = Symbol.for('unexpired.port')

/**
 * Sees each error, event, lease and set of tokens that any copy of the package makes, in the moment in
 * which it is made: by the calls of the platform that each of them needs. Nothing is changed by it.
 */
export function watchObjects(recorder: Recorder): void {
  const { defineProperty, freeze, fromEntries } = Object
  const { parse } = JSON

  Object.defineProperty = <T>(target: T, key: PropertyKey, how: PropertyDescriptor): T => {
    const defined = defineProperty(target, key, how)
    if (key === errorBrand && target instanceof Error) recorder.keep(target, 'error')
    else if (key === port) recorder.session(target as { tokens?: unknown })
    // The axios client hides it, on each error that it hands on.
    else if (key === 'request' && !how.enumerable && has(target, 'isAxiosError', 'message')) {
      recorder.keep(target as T & Error, 'passed')
    }
    return defined
  }

  Object.freeze = <T>(value: T): Readonly<T> => {
    if (has(value, 'type', 'at', 'generation')) recorder.event(value)
    else if (has(value, 'accessToken')) {
      recorder.learn(value)
      recorder.learnFromSessions()
    }
    return freeze(value)
  }

  Object.fromEntries = (entries: Iterable<readonly [PropertyKey, unknown]>) => {
    const made: Record<string, unknown> = fromEntries(entries)
    recorder.learn(made)
    return made
  }

  JSON.parse = (...given: Parameters<typeof parse>): unknown => {
    const value: unknown = parse(...given)
    if (has(value, 'tokens') || has(value, 'access_token')) recorder.learn(value)
    return value
  }
}

function has<T>(value: T, ...names: string[]): value is T & object {
  try {
    return typeof value === 'object' && !!value && names.every((name) => name in value)
  } catch {
    // It throws when it is looked at.
    return false
  }
}
