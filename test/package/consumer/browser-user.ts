/** What a page writes. It is type-checked as a user's file, against the packed types. */
import { createSession } from 'unexpired'
import type { StoreDegradedEvent, TokenStore } from 'unexpired'
import { browserStore } from 'unexpired/browser'
import type { BrowserStoreOptions } from 'unexpired/browser'

const options: BrowserStoreOptions = { mirror: () => localStorage }
const store: TokenStore = browserStore('auth', options)

export const session = createSession({
  store,
  refresh: ({ refreshToken, signal }) =>
    fetch('/auth/refresh', { method: 'POST', body: JSON.stringify({ refreshToken }), signal }),
  onSignedOut: ({ reason }) => location.assign(`/login?reason=${reason}`),
})
export const other = browserStore('another', { mirror: sessionStorage })

const told: StoreDegradedEvent[] = []
session.on('store-degraded', (event) => told.push(event))
session.on('store-degraded', ({ missing, message }) => [missing.toUpperCase(), message.trim()])

// @ts-expect-error -- a mirror is written to
browserStore('auth', { mirror: { getItem: () => null } })
// @ts-expect-error -- each session has a key
browserStore()
