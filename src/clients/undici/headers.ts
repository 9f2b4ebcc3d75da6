import type { Dispatcher } from 'undici'
import type { CredentialHeaders } from '../../core/credential.js'

/** Of a response, by their names in lower case. */
export type Headers = Dispatcher.ResponseData['headers']

/** What a caller may give as headers. */
export type HeadersGiven = Dispatcher.DispatchOptions['headers']

type Pair = readonly [name: string, value: unknown]

/** The value of a response header, where there is one. */
export const textOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value

const isIterable = (headers: object): headers is Iterable<Pair> => Symbol.iterator in headers

/** Headers that can be read more than once: an iterator is used up by that. A copy, in the same form. */
export function ownHeaders(headers: HeadersGiven): HeadersGiven {
  if (typeof headers !== 'object' || headers === null) return headers
  if (Array.isArray(headers)) return [...headers]
  return isIterable(headers) ? iterableOf([...headers]) : { ...headers }
}

/** Whether the header is there, however the headers are written. */
export function hasHeader(headers: HeadersGiven, name: string): boolean {
  const lower = name.toLowerCase()
  for (const [each, value] of pairsOf(headers)) {
    // undici leaves out those that are undefined, and sends null as an empty text.
    if (value !== undefined && isNamed(each, lower)) return true
  }
  return false
}

/** The headers of one attempt, in the form in which they were given: other interceptors look at them. */
export function withCredential(headers: HeadersGiven, credential: CredentialHeaders): HeadersGiven {
  const names = Object.keys(credential).map((name) => name.toLowerCase())
  if (!names.length) return headers
  const isKept = ([name]: Pair): boolean => !names.some((lower) => isNamed(name, lower))
  const all = [...pairsOf(headers).filter(isKept), ...Object.entries(credential)]
  if (Array.isArray(headers)) return all.flat() as string[]
  return headers && isIterable(headers)
    ? iterableOf(all)
    : (Object.fromEntries(all) as Exclude<HeadersGiven, undefined>)
}

function pairsOf(headers: HeadersGiven): readonly Pair[] {
  if (typeof headers !== 'object' || headers === null) return []
  if (!Array.isArray(headers)) {
    return isIterable(headers) ? [...headers] : Object.entries(headers)
  }
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
