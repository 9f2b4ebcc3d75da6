import { expect, test, vi } from 'vitest'

import { createSession } from 'unexpired'
import { mountDevtools } from 'unexpired/devtools'

import { openPage, type Page } from './page.js'
import { signedIn } from './signed-in.js'

const isDisabled = (page: Page, name: string): boolean =>
  page.find(`[part=${name}]`).getAttribute('aria-disabled') === 'true'

/** Presses it, and waits for what comes of it. */
async function press(page: Page, name: string): Promise<string> {
  const message = page.find('[part=message]')
  message.textContent = ''
  page.find(`[part=${name}]`).click()
  await vi.waitFor(() => expect(message.textContent).toMatch(/[^…]/))
  page.frame()
  return message.textContent
}

async function shown() {
  const page = openPage()
  const stage = await signedIn()
  const unmount = mountDevtools(stage.session, { open: true })
  page.frame()
  return { page, unmount, ...stage }
}

test('"Refresh now" refreshes, once', async () => {
  const { page, server, session } = await shown()
  expect(await press(page, 'refresh')).toBe('Refreshed: generation 2')
  expect(server.counts.refreshes).toBe(1)
  expect(session.getSnapshot().generation).toBe(2)
})

test('"Refresh now" says what was wrong', async () => {
  const { page, server } = await shown()
  server.orders.failRefresh({ status: 400, body: { error: 'invalid_scope' } })
  expect(await press(page, 'refresh')).toMatch(/the refresh is unavailable/)
})

test('"Expire now" lets the next request refresh first', async () => {
  const { page, server, call } = await shown()
  expect(await press(page, 'expire')).toBe('Expired: the next request refreshes first')
  expect(isDisabled(page, 'expire')).toBe(true)
  await call('/me')
  page.frame()
  expect(server.counts).toMatchObject({ refreshes: 1, turnedAway: 0 })
  expect(isDisabled(page, 'expire')).toBe(false)
})

test('"Sign out" signs out, and then only the report is left to do', async () => {
  const { page, session } = await shown()
  expect(await press(page, 'sign-out')).toBe('Signed out')
  expect(session.status).toBe('signed-out')
  expect(['refresh', 'expire', 'sign-out', 'copy'].map((name) => isDisabled(page, name))).toEqual([
    true,
    true,
    true,
    false,
  ])
  const refresh = vi.spyOn(session, 'refresh')
  page.find('[part=refresh]').click()
  expect(refresh).not.toHaveBeenCalled()
})

test('"Copy report" copies it', async () => {
  const { page } = await shown()
  const writeText = vi.fn(async (_text: string) => undefined)
  Object.defineProperty(page.window.navigator, 'clipboard', { value: { writeText } })
  expect(await press(page, 'copy')).toBe('Report copied')
  expect(writeText.mock.calls[0]?.[0]).toMatch(/^unexpired devtools: session · tab /)
  expect(page.find('[part=report]').hidden).toBe(true)
})

test.each([
  ['is missing', undefined],
  ['is forbidden', { writeText: () => Promise.reject(new Error('NotAllowedError')) }],
])('where the clipboard %s, the report is shown, and selected', async (_what, clipboard) => {
  const { page } = await shown()
  Object.defineProperty(page.window.navigator, 'clipboard', { value: clipboard })
  expect(await press(page, 'copy')).toMatch(/copy the text/)
  const text = page.report()
  expect(text.hidden).toBe(false)
  expect(page.root().activeElement).toBe(text)
  expect(text.value.slice(text.selectionStart, text.selectionEnd)).toBe(text.value)
})

test('the report says what a bug report needs', async () => {
  const { page, session, call, server } = await shown()
  const { sessionId = '' } = session.getSnapshot()
  await call('/me')
  server.orders.expireNow()
  await call('/orders/17?page=2')
  await press(page, 'copy')
  const report = page.report().value
  expect(report).toContain('status: active')
  expect(report).toMatch(/lifetime: \d+ s of 60 s left; \{"isExpired":false,"totalMs":60000,/)
  expect(report).toContain(`session: ${sessionId.slice(0, 4)}…, generation 2`)
  expect(report).toContain(page.window.navigator.userAgent)
  expect(report).toMatch(
    /^ +-\d\.\d{3} s Generation 2: request #2 turned away; held 1 request for /m,
  )
  expect(report).toMatch(/^ +-\d\.\d{3} s \{"type":"refreshed","generation":2,/m)
  for (const secret of [sessionId, 'page=2', '/orders']) expect(report).not.toContain(secret)
})

test('the report of an ended session begins with the reason', async () => {
  const page = openPage()
  const session = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  mountDevtools(session, { open: true, name: 'shop' })
  await session.signIn({ accessToken: 'first' })
  await session.signOut()
  await press(page, 'copy')
  const lines = page.report().value.split('\n')
  expect(lines.slice(1, 4)).toEqual([
    'status: signed-out',
    'Signed out: signOut(), here or in another tab',
    'session: none, generation 2',
  ])
})
