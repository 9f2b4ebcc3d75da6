import { onTestFinished, vi } from 'vitest'

export interface Page {
  /** Goes to another URL, as single-page apps do. */
  goTo(url: string): void
}

/** Makes this process look like a page, or a worker, of `url`, as far as a fetch is concerned. */
export function enterPage(url: string): Page {
  const location = { href: url }
  vi.stubGlobal('location', location)
  onTestFinished(() => void vi.unstubAllGlobals())
  return { goTo: (to) => void (location.href = to) }
}

/** Makes it look as if the document had a base. */
export function withBase(baseURI: string): void {
  vi.stubGlobal('document', { baseURI })
}

/** Resolves relative URLs as a page does, which Node cannot; and knows what is no http. */
export const pageFetch: typeof fetch = async (input, init) => {
  const { document, location } = globalThis as {
    document?: { baseURI?: string }
    location?: { href: string }
  }
  const base = document?.baseURI ?? location?.href
  const from = typeof input === 'object' && 'clone' in input ? input : String(input)
  return fetch(typeof from === 'string' ? new URL(from, base).href : from, init)
}
