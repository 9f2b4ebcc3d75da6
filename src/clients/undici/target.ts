import type { Dispatcher } from 'undici'
import type { RequestTarget } from '../../core/credential.js'
import { placeOf } from '../places.js'

type Query = Dispatcher.DispatchOptions['query']

/** What is sent, as a credential wants to know it. */
export function targetOf(options: Dispatcher.DispatchOptions): RequestTarget {
  const { method, origin, path, query } = options
  // A Client does not tell its own origin; a path may be a whole URL.
  const base = origin && path.startsWith('/') ? (placeOf(String(origin)).origin ?? '') : ''
  return { method: method.toUpperCase(), url: base + withQuery(path, query) }
}

/** As undici does it, which goes by node:querystring. */
function withQuery(path: string, query: Query): string {
  if (!query) return path
  const pairs = Object.entries(query).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map(
      (each) => `${encodeURIComponent(name)}=${encodeURIComponent(plain(each))}`,
    ),
  )
  return pairs.length ? `${path}?${pairs.join('&')}` : path
}

function plain(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') {
    return String(value)
  }
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : ''
}
