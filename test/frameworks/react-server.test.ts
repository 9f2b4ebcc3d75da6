import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { createSession } from 'unexpired'
import type { SessionSnapshot, TokenStore } from 'unexpired'
import { browserStore } from 'unexpired/browser'
import { expect, onTestFinished, test, vi } from 'vitest'

import { Account } from './account.js'
import { enterPage, place, shown, shows } from './page.js'
import { startApp } from './signed-in.js'

const refresh = (): Promise<never> => Promise.reject(new Error('nobody refreshes here'))

/** Signed in, as it must not be on a server: even then nothing of it is rendered. */
const onServer = createSession({ refresh })
await onServer.signIn({ accessToken: 'ann', expiresIn: 60 })
/** There is no page yet. */
const markup = renderToString(createElement(Account, { session: onServer }))
const ofBrowserStore = createSession({ refresh, store: browserStore('auth') })
const alike = renderToString(createElement(Account, { session: ofBrowserStore }))
await Promise.all([onServer.close(), ofBrowserStore.close()])

enterPage()
const { hydrateRoot } = await import('react-dom/client')
const { flushSync } = await import('react-dom')

test('a server renders that it is not known yet who is signed in, whoever is', () => {
  expect(markup).toBe('<p>restoring<!-- --> <!-- -->0</p>')
})

test('a server renders a session of browserStore, which finds no browser there', () => {
  expect(alike).toBe(markup)
})

/** Puts what the server rendered into the page, and lets React take it over. */
function hydrate(session: Parameters<typeof Account>[0]['session']) {
  const complaints = vi.spyOn(console, 'error').mockReturnValue()
  const onRecoverableError = vi.fn<(error: unknown) => void>()
  const element = place()
  element.innerHTML = markup
  const paragraph = element.firstElementChild
  const seen: SessionSnapshot[] = []
  const rendered = (snapshot: SessionSnapshot): void => void seen.push(snapshot)
  const app = createElement(Account, { session, rendered })
  const root = flushSync(() => hydrateRoot(element, app, { onRecoverableError }))
  onTestFinished(() => {
    flushSync(() => root.unmount())
    element.remove()
    expect(complaints.mock.calls).toEqual([])
    expect(onRecoverableError.mock.calls).toEqual([])
  })
  return { element, paragraph, seen }
}

test('a page takes over what a server rendered, then shows who is signed in', async () => {
  const { session, signIn } = await startApp()
  await signIn('ann')
  const { element, paragraph, seen } = hydrate(session)
  await shows(element, 'active 1')
  expect(element.firstElementChild).toBe(paragraph)
  expect(seen.map(({ status }) => status)).toEqual(['restoring', 'active'])
})

test('a page takes over while its store is still being read', async () => {
  let answer = (): void => undefined
  const read = new Promise<undefined>((resolve) => (answer = () => resolve(undefined)))
  const store: TokenStore = { load: () => read, replace: () => true }
  const session = createSession({ refresh, store })
  onTestFinished(() => void session.close())
  const { element, seen } = hydrate(session)
  expect(shown(element)).toBe('restoring 0')
  answer()
  await shows(element, 'signed-out 0')
  expect(seen.map(({ status }) => status).at(0)).toBe('restoring')
})

test('what it gives a server is one object, which cannot be changed', () => {
  const seen: SessionSnapshot[] = []
  const rendered = (snapshot: SessionSnapshot): void => void seen.push(snapshot)
  for (const session of [onServer, ofBrowserStore]) {
    renderToString(createElement(Account, { session, rendered }))
  }
  expect(seen[1]).toBe(seen[0])
  expect(Object.isFrozen(seen[0])).toBe(true)
  expect(seen[0]).toStrictEqual({
    status: 'restoring',
    sessionId: undefined,
    generation: 0,
    expiresInMs: undefined,
  })
})
