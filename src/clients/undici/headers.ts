import type { Dispatcher } from 'undici'
import type { CredentialHeaders } from '../../core/credential.js'

/** Of a response, by their names in lower case. */
export type Headers = Dispatcher.ResponseData['headers']

/** What a caller may give as headers. To undici, null is as good as none. */
export type HeadersGiven = NonNullable<Dispatcher.DispatchOptions['headers']> | null

type Pair = readonly [name: string, value: unknown]

/** The value of a response header, where there is one. */
export const textOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value

const isIterable = (headers: object): headers is Iterable<Pair> => Symbol.iterator in headers

/** Headers that can be read more than once: an iterator is used up by that. */
export function rereadable(headers: HeadersGiven): HeadersGiven {
  const isIterator = typeof (headers as Partial<Iterator<Pair>> | null)?.next === 'function'
  return isIterator ? iterableOf([...(headers as Iterable<Pair>)]) : headers
}

/** A copy, in the same form. */
export function copyOfHeaders(headers: HeadersGiven): HeadersGiven {
  if (typeof headers !== 'object' || headers === null) return headers
  if (Array.isArray(headers)) return [...headers]
  return isIterable(headers) ? iterableOf([...headers]) : { ...headers }
}

/** What a header was given, however the headers are written; `undefined` where it is not there. */
export function headerOf(headers: HeadersGiven, name: string): unknown {
  const lower = name.toLowerCase()
  if (typeof headers !== 'object' || headers === null) return undefined
  // undici leaves out those that are undefined, and sends null as an empty text.
  const isIt = ([each, value]: Pair): boolean => value !== undefined && isNamed(each, lower)
  if (Array.isArray(headers)) return pairsOf(headers).find(isIt)?.[1]
  if (isIterable(headers)) return [...headers].find(isIt)?.[1]
  for (const each in headers) {
    if (isNamed(each, lower) && headers[each] !== undefined) return headers[each]
  }
  return undefined
}

/** The headers of one attempt, in the form in which they were given: other interceptors look at them. */
export function withCredential(headers: HeadersGiven, credential: CredentialHeaders): HeadersGiven {
  const names = Object.keys(credential).map((name) => name.toLowerCase())
  if (!names.length) return headers
  const isReplaced = (each: unknown): boolean => names.some((lower) => isNamed(each, lower))
  if (typeof headers === 'object' && headers !== null && isIterable(headers)) {
    const given = Array.isArray(headers) ? pairsOf(headers) : [...headers]
    const all = [...given.filter(([each]) => !isReplaced(each)), ...Object.entries(credential)]
    return Array.isArray(headers) ? (all.flat() as string[]) : iterableOf(all)
  }
  const all = { ...(headers as Record<string, string>) }
  for (const each in all) if (isReplaced(each)) delete all[each]
  return Object.assign(all, credential)
}

/** Of names and values in turn. */
function pairsOf(headers: readonly unknown[]): readonly Pair[] {
  const pairs: Pair[] = []
  for (let at = 0; at < headers.length; at += 2) {
    pairs.push([headers[at] as string, headers[at + 1]])
  }
  return pairs
}

/** Not an array: undici takes those for names and values in turn. */
const iterableOf = (pairs: readonly Pair[]) =>
  ({ [Symbol.iterator]: () => pairs.values() }) as Iterable<[string, string]>

/** undici itself says what is wrong with names that are none. */
const isNamed = (name: unknown, lower: string): boolean =>
  typeof name === 'string' && name.length === lower.length && name.toLowerCase() === lower
