import type { CredentialHeaders } from '../../core/credential.js'

/** What a caller may give as headers. */
export type HeadersGiven = RequestInit['headers']

const isList = (headers: object): headers is Iterable<readonly [string, string]> =>
  Symbol.iterator in headers

/** Whether the header is there, however the headers are written. */
export function hasHeader(headers: HeadersGiven, name: string): boolean {
  if (!headers) return false
  if (isList(headers)) {
    if (headers instanceof Headers) return headers.has(name)
    return new Headers(headers).has(name)
  }
  const lower = name.toLowerCase()
  for (const each in headers) if (each.toLowerCase() === lower) return true
  return false
}

/** A copy: what the caller changes later changes nothing for a request that was made. */
export function copyOfHeaders(headers: HeadersInit): HeadersInit {
  return isList(headers) ? new Headers(headers) : { ...headers }
}

/** The headers of one attempt. */
export function withHeaders(headers: HeadersGiven, more: CredentialHeaders): HeadersInit {
  if (!headers || !isList(headers)) return { ...headers, ...more }
  const all = new Headers(headers)
  for (const name in more) all.set(name, more[name] as string)
  return all
}
