import { JSDOM } from 'jsdom'
import { startTokenServer } from 'unexpired/testing'

import type { Page } from './read-blocks.js'

/** What a page has and Node has not, or has differently. */
const pageGlobals = [
  'customElements',
  'document',
  'HTMLElement',
  'localStorage',
  'location',
  'window',
  'XMLHttpRequest',
] as const

/** A browser with a page from each server; one is in front at a time. */
export interface Pages {
  /** Of the server that has an API for Bearer tokens. */
  readonly origin: string
  /** Puts it in front: its globals are those that code sees. `server` leaves none. */
  open(page: Page): void
  close(): Promise<void>
}

export async function startPages(): Promise<Pages> {
  const nodeFetch = globalThis.fetch
  const servers = {
    bearer: await startTokenServer(),
    'x-token': await startTokenServer({ paths: { api: '/bearer', x: '/api' } }),
  }
  const doms = {
    bearer: new JSDOM('', { url: `${servers.bearer.url}/` }),
    'x-token': new JSDOM('', { url: `${servers['x-token'].url}/` }),
  }
  const leave = (): void => {
    globalThis.fetch = nodeFetch
    for (const name of pageGlobals) Reflect.deleteProperty(globalThis, name)
  }
  return {
    origin: servers.bearer.url,
    open(page) {
      if (page === 'server') return leave()
      const { window } = doms[page]
      // Node's own takes no paths.
      globalThis.fetch = (input, init) =>
        nodeFetch(typeof input === 'string' ? new URL(input, window.location.href) : input, init)
      for (const name of pageGlobals) {
        const value: unknown = window[name]
        Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
      }
    },
    async close() {
      leave()
      for (const { window } of Object.values(doms)) window.close()
      await Promise.all(Object.values(servers).map((server) => server.close()))
    },
  }
}
