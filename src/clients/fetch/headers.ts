import type { CredentialHeaders } from '../../core/credential.js'

type Given = HeadersInit | undefined

/** Our own, in one of two forms. */
export type OwnHeaders = Headers | Record<string, string>

/** A copy: what the caller changes later changes nothing, and an iterator is run only once. */
export function ownHeaders(given: Given): OwnHeaders {
  if (!given) return {}
  return Symbol.iterator in given ? new Headers(given) : { ...given }
}

const isList = (headers: OwnHeaders): headers is Headers => Symbol.iterator in headers

/** Whether the header is there, however it is written. */
export function hasHeader(headers: OwnHeaders, name: string): boolean {
  if (isList(headers)) return headers.has(name)
  const lower = name.toLowerCase()
  for (const each in headers) if (each.toLowerCase() === lower) return true
  return false
}

/** The headers of one attempt; those of the credential replace others of the same name. */
export function withHeaders(headers: OwnHeaders, credential: CredentialHeaders): OwnHeaders {
  // A copy for each: what sends them may add to them.
  if (isList(headers)) {
    const all = new Headers(headers)
    for (const name in credential) all.set(name, credential[name] as string)
    return all
  }
  const all: Record<string, string> = {}
  const names = Object.keys(credential).map((name) => name.toLowerCase())
  for (const name in headers) {
    if (!names.includes(name.toLowerCase())) all[name] = headers[name] as string
  }
  return Object.assign(all, credential)
}
