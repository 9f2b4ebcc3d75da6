import { JSDOM } from 'jsdom'
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { onTestFinished, vi } from 'vitest'

/** Where the examples have their API. */
const exampleOrigin = 'https://api.example.com'

/** What of a page Node has not. */
export interface Page {
  /** `location.assign` */
  readonly assign: ReturnType<typeof vi.fn<(url: string) => void>>
}

/**
 * Opens a page of the app, and leads the name of the examples' API to a server that is really there.
 * Nothing else is put in the way: fetch, Request, redirects and aborts are the platform's own.
 */
export function openPage(server: { readonly url: string }): Page {
  const before = getGlobalDispatcher()
  const agent = new Agent()
  setGlobalDispatcher(
    agent.compose(
      (dispatch) => (options, handler) =>
        dispatch(
          options.origin === exampleOrigin ? { ...options, origin: server.url } : options,
          handler,
        ),
    ),
  )
  const { window } = new JSDOM('', { url: 'https://app.example.com/orders' })
  const assign = vi.fn<(url: string) => void>()
  const { href, origin, pathname } = window.location
  vi.stubGlobal('location', { assign, href, origin, pathname })
  vi.stubGlobal('localStorage', window.localStorage)
  onTestFinished(async () => {
    vi.unstubAllGlobals()
    window.close()
    setGlobalDispatcher(before)
    await agent.destroy()
  })
  return { assign }
}
