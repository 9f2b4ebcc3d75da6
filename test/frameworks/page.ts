import { JSDOM } from 'jsdom'
import { expect, vi } from 'vitest'

/** What frameworks look for in a page, and Node has not. */
const pageGlobals = [
  'document',
  'window',
  'navigator',
  'Comment',
  'Element',
  'Event',
  'FormData',
  'HTMLElement',
  'HTMLMediaElement',
  'Node',
  'SVGElement',
  'Text',
  'localStorage',
  'location',
] as const

/**
 * Makes this process look like a page, for frameworks that are imported from now on. Requests,
 * aborts and timers stay Node's own.
 *
 * @returns what moves the page to another URL
 */
export function enterPage(url = 'http://127.0.0.1/'): (url: string) => void {
  const dom = new JSDOM('<!doctype html><title>An app</title>', { url, pretendToBeVisual: true })
  for (const name of pageGlobals) {
    const value: unknown = dom.window[name]
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  return (to) => dom.reconfigure({ url: to })
}

/** A place in the page to put an app; gone at the end of its test. */
export function place(): HTMLElement {
  const element = document.createElement('main')
  document.body.append(element)
  return element
}

/** What a page shows: its words, with one space between elements. */
export const shown = (element: Element): string =>
  [...element.childNodes]
    .map((node) => (node instanceof Element ? shown(node) : (node.textContent ?? '')))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()

/** How long a page is waited for, with `vi.waitFor`: other tests may be at work. */
export const soon = { interval: 1, timeout: 5_000 }

/** Waits until these are the words that an element shows. */
export const shows = (element: Element, words: string): Promise<void> =>
  vi.waitFor(() => expect(shown(element)).toBe(words), soon)
