import { expect, onTestFinished, test, vi } from 'vitest'

import { createSession } from 'unexpired'
import { mountDevtools } from 'unexpired/devtools'

import { openPage, type Page } from './page.js'
import { signedIn } from './signed-in.js'

const wordsOf = (page: Page, selector: string): readonly (string | null)[] =>
  [...page.root().querySelectorAll(`${selector} .words`)].map((words) => words.textContent)
const headlineOf = (page: Page): string => page.find('[part=headline]').textContent

function show(session: Parameters<typeof mountDevtools>[0]): Page {
  const page = openPage()
  onTestFinished(mountDevtools(session, { open: true }))
  page.frame()
  return page
}

test('a refresh, and requests that it holds, are seen by a panel that comes later', async () => {
  const { session, call, server } = await signedIn({ latency: { refresh: 60 } })
  server.orders.expireNow()
  session.expire()
  const answers = Promise.all([call('/me'), call('/cart')])
  await vi.waitFor(() => expect(session.status).toBe('refreshing'))
  const page = show(session)
  expect(wordsOf(page, 'li.refresh')).toEqual(['refresh: refreshing, going on'])
  expect(wordsOf(page, 'li.request')).toEqual(['#1: held, going on', '#2: held, going on'])
  await answers
  page.frame()
  expect(wordsOf(page, 'li.request')).toEqual([
    expect.stringMatching(/^GET \/api\/me: held after .*, sent generation 2 .*answered$/),
    expect.stringMatching(/^GET \/api\/cart: held after .*, sent generation 2 .*answered$/),
  ])
  page.frame()
  expect(page.frame()).toBe(0)
})

test('a session that was closed before is known to be closed', async () => {
  const session = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  await session.signIn({ accessToken: 'first' })
  await session.close()
  const page = show(session)
  expect(page.find('[role=status]').textContent).toBe('Closed')
  expect(headlineOf(page)).toBe('Closed: session.close() was called')
})

test('a session that was signed out when its store was read is not closed', async () => {
  const over = {
    version: 1 as const,
    sessionId: 'over',
    generation: 2,
    receivedAt: 1,
    tokens: undefined,
  }
  const session = createSession({
    refresh: async () => ({ accessToken: 'second' }),
    store: { load: async () => over, replace: async () => true },
  })
  onTestFinished(() => void session.close())
  const answer = session.authorize(async () => ({ status: 401 }))
  await session.ready
  await answer
  const page = show(session)
  expect(page.find('[role=status]').textContent).toBe('Signed out')
})

test('on the page that the app goes on to, it is still known why the session ended, until the next sign-in', async () => {
  const { session, call, server } = await signedIn()
  const page = openPage()
  const unmount = mountDevtools(session)
  server.orders.expireNow()
  server.orders.refuseRefresh()
  await expect(call('/me')).rejects.toMatchObject({ code: 'session-ended' })
  unmount()

  const next = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  onTestFinished(() => void next.close())
  await next.ready
  onTestFinished(mountDevtools(next, { open: true }))
  page.frame()
  expect(headlineOf(page)).toMatch(
    /^On the page before: Signed out: the server refused the refresh .*, after request #1 turned away$/,
  )
  await next.signIn({ accessToken: 'first' })
  await next.signOut()
  page.frame()
  expect(headlineOf(page)).toMatch(/^Signed out: signOut\(\)/)
})

test('an end is forgotten with the next sign-in, also on the page that saw it', async () => {
  const { session, call, server } = await signedIn()
  const page = openPage()
  const unmount = mountDevtools(session)
  server.orders.expireNow()
  server.orders.refuseRefresh()
  await expect(call('/me')).rejects.toMatchObject({ code: 'session-ended' })
  await session.signIn({ accessToken: 'another' })
  unmount()

  const next = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  onTestFinished(() => void next.close())
  await next.ready
  onTestFinished(mountDevtools(next, { open: true }))
  page.frame()
  expect(page.find('[part=ending]').hidden).toBe(true)
})
