import { JSDOM } from 'jsdom'

/** What a page has that Node has not, or has otherwise. */
const pageGlobals = ['XMLHttpRequest', 'FormData', 'Blob', 'File', 'document'] as const

/**
 * Makes this process look like a page of `url`, for libraries that are imported from now on. jsdom's
 * XMLHttpRequest sends real requests, and asks for leave as browsers do.
 *
 * @returns what moves the page to another URL
 */
export function enterPage(url: string): (url: string) => void {
  const dom = new JSDOM('<!doctype html>', { url, pretendToBeVisual: true })
  const { window } = dom
  Object.assign(globalThis, { window })
  for (const name of pageGlobals) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true })
  }
  Object.defineProperty(globalThis, 'location', {
    get: () => window.location,
    configurable: true,
  })
  return (to) => dom.reconfigure({ url: to })
}
