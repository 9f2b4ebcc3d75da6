import type { Dispatcher } from 'undici'
import type { RequestTarget } from '../../core/credential.js'

type Query = Dispatcher.DispatchOptions['query']

/** What is sent, as a credential wants to know it. */
export function targetOf(options: Dispatcher.DispatchOptions): RequestTarget {
  const { method, origin = '', path, query } = options
  const url = withQuery(path, query)
  try {
    return { method: method.toUpperCase(), url: new URL(url, String(origin)).href }
  } catch {
    // The origin is that of a Client, which does not tell.
    return { method: method.toUpperCase(), url }
  }
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
