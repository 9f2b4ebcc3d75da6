import { expect, test, vi } from 'vitest'

import { createSession } from 'unexpired'
import { mountDevtools, type DevtoolsOptions } from 'unexpired/devtools'

import { openPage, type Page } from './page.js'
import { signedIn } from './signed-in.js'

const press = (page: Page, name: string): void => page.find(`[part=${name}]`).click()
const textOf = (page: Page, selector: string): string =>
  page.find(selector).textContent.replace(/\s+/g, ' ').trim()
const isOpen = (page: Page): boolean => !page.find('[part=panel]').hidden
const escape = (page: Page): KeyboardEvent =>
  new page.window.KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true })

/** A session that nobody is signed in to, shown. */
function mounted(page: Page, options?: DevtoolsOptions) {
  const session = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  const unmount = mountDevtools(session, options)
  page.frame()
  return { session, unmount }
}

test('a closed panel is a button with the status on it, and opens', async () => {
  const page = openPage()
  const { session } = mounted(page)
  const pill = page.find('[part=pill]')
  expect(pill.getAttribute('aria-label')).toBe('unexpired devtools, session: Signed out')
  expect(isOpen(page)).toBe(false)
  await session.signIn({ accessToken: 'first' })
  page.frame()
  expect(textOf(page, '[part=pill]')).toBe('Active')
  pill.click()
  page.frame()
  expect(isOpen(page)).toBe(true)
  expect(pill.hidden).toBe(true)
  expect(textOf(page, '[role=status]')).toBe('Active')
  expect(page.root().activeElement).toBe(page.find('[part=close]'))
})

test('what is in it is there as soon as it is, so that its buttons do not move a frame later', async () => {
  const page = openPage()
  const session = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  await session.signIn({ accessToken: 'first' })
  mountDevtools(session, { open: true })
  expect(textOf(page, '[part=event-list] strong')).toBe('Signed in')
  expect(page.find('[part=ending]').hidden).toBe(true)

  press(page, 'close')
  await session.signOut()
  press(page, 'pill')
  expect(textOf(page, '[part=event-list] strong')).toBe('Signed out')
  expect(page.find('[part=ending]').hidden).toBe(false)
})

test('Escape closes it, gives the focus back, and is not told to the page', () => {
  const page = openPage()
  mounted(page, { open: true })
  const heard = vi.fn<() => void>()
  page.window.document.addEventListener('keydown', heard)
  page.find('[part=copy]').dispatchEvent(escape(page))
  expect(isOpen(page)).toBe(false)
  expect(page.root().activeElement).toBe(page.find('[part=pill]'))
  expect(heard).not.toHaveBeenCalled()
})

test('what is open at first takes no focus', () => {
  const page = openPage()
  mounted(page, { open: true })
  expect(isOpen(page)).toBe(true)
  expect(page.root().activeElement).toBeNull()
})

test('position and open state are remembered, for each name', () => {
  const page = openPage()
  const insetOf = (index: number): string =>
    (page.root(index).host as HTMLElement).style.getPropertyValue('--inset')
  const first = mounted(page)
  expect(insetOf(0)).toBe('auto 16px 16px auto')
  press(page, 'pill')
  press(page, 'move')
  expect(insetOf(0)).toBe('auto auto 16px 16px')
  first.unmount()
  mounted(page)
  expect(isOpen(page)).toBe(true)
  expect(insetOf(0)).toBe('auto auto 16px 16px')
  mounted(page, { name: 'other', corner: 'top-left' })
  expect(page.find('[part=panel]', 1).hidden).toBe(true)
  expect(insetOf(1)).toBe('16px auto auto 16px')
})

test.each([
  ['is not JSON', '{'],
  ['is of another kind', '[]'],
  ['is null', 'null'],
  ['holds something else', '{"corner":"middle","open":1}'],
  ['names what every object has', '{"corner":"constructor"}'],
])('what was remembered and %s changes nothing', (_what, stored) => {
  const page = openPage()
  page.window.localStorage.setItem('unexpired-devtools:session', stored)
  mounted(page, { open: true, corner: 'top-right' })
  expect(isOpen(page)).toBe(true)
  expect((page.root().host as HTMLElement).style.getPropertyValue('--inset')).toBe(
    '16px 16px auto auto',
  )
})

test('G34 storage that throws, and a page without channels, only forget', () => {
  const page = openPage()
  vi.stubGlobal('BroadcastChannel', undefined)
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new Error('SecurityError')
    },
  })
  mounted(page)
  press(page, 'pill')
  press(page, 'move')
  expect(isOpen(page)).toBe(true)
  vi.unstubAllGlobals()
})

test('the lane of a request says what became of it, and the events tell why', async () => {
  const page = openPage()
  const { session, call, server } = await signedIn()
  mountDevtools(session, { open: true })
  await call('/orders?secret=1')
  server.orders.expireNow()
  await Promise.all([call('/me'), call('/cart')])
  page.frame()
  const lanes = [...page.root().querySelectorAll('li.request .words')].map((li) => li.textContent)
  expect(lanes).toEqual([
    expect.stringMatching(/^GET \/api\/orders: sent generation 1 after .* ms, answered$/),
    expect.stringMatching(/^GET \/api\/me: .*turned-away.*replayed generation 2 .*answered$/),
    expect.stringMatching(/^GET \/api\/cart: .*turned-away.*replayed generation 2 .*answered$/),
  ])
  expect(textOf(page, 'li.refresh .words')).toMatch(/^refresh: refreshing generation 2 after/)
  expect(textOf(page, 'li.event strong')).toBe('Generation 2')
  expect(textOf(page, 'li.event div.hint')).toMatch(
    /^2 requests turned away; held 2 requests for .*; refreshed here in .*; 2 replayed$/,
  )
  expect(textOf(page, '[part=generation]')).toBe('generation 2')
  expect(server.counts.refreshes).toBe(1)
})

test('the meter tells how much of the life is left, and the marks where something begins', async () => {
  const page = openPage()
  const { session } = await signedIn({ accessTokenLifetime: 100 })
  mountDevtools(session, { open: true })
  page.frame()
  const meter = page.find('[role=meter]')
  expect(meter.getAttribute('aria-valuetext')).toMatch(/^(100|99) s of 100 s left$/)
  expect(Number(meter.getAttribute('aria-valuenow'))).toBeGreaterThan(90_000)
  expect(meter.getAttribute('aria-valuemax')).toBe('100000')
  const [ahead, leeway] = [...page.root().querySelectorAll<HTMLElement>('.point')]
  expect(leeway?.style.left).toBe('5%')
  expect(parseFloat(ahead?.style.left ?? '')).toBeGreaterThan(5)
  session.expire()
  page.frame()
  expect(meter.getAttribute('aria-valuetext')).toBe('expired')
  expect(textOf(page, '[role=status]')).toBe('Expired')
})

test('a lifetime that nobody knows is said to be unknown', async () => {
  const page = openPage()
  const { session } = mounted(page, { open: true })
  await session.signIn({ accessToken: 'first' })
  page.frame()
  expect(textOf(page, '[part=left]')).toBe('lifetime unknown: responses tell')
  expect(page.find('.point').hidden).toBe(true)
})

test('an ended session is explained on top', async () => {
  const page = openPage()
  const { session, call, server } = await signedIn()
  mountDevtools(session, { open: true })
  server.orders.expireNow()
  server.orders.refuseRefresh()
  await expect(call('/me')).rejects.toMatchObject({ reason: 'refused' })
  page.frame()
  expect(page.find('[part=ending]').hidden).toBe(false)
  expect(textOf(page, '[part=headline]')).toMatch(
    /^Signed out: the server refused the refresh \(.*\), after request #1 turned away$/,
  )
  expect(page.find('[part=life]').hidden).toBe(true)
})

test('a session that is closed says so, and nothing goes on for ever', async () => {
  const page = openPage()
  const { session, call } = await signedIn()
  mountDevtools(session, { open: true })
  const answer = call('/slow?ms=50')
  page.frame()
  await session.close()
  page.frame()
  expect(textOf(page, '[part=headline]')).toBe('Closed: session.close() was called')
  await answer
  page.frame()
  expect(page.frame()).toBe(0)
})

test('who signs in after the end is shown, and not the end any more', async () => {
  const page = openPage()
  const { session } = mounted(page, { open: true })
  await session.signIn({ accessToken: 'first' })
  await session.signOut()
  page.frame()
  expect(page.find('[part=ending]').hidden).toBe(false)
  await session.signIn({ accessToken: 'of another user' })
  page.frame()
  expect(page.find('[part=ending]').hidden).toBe(true)
  await session.close()
})

test('several sessions are shown side by side', () => {
  const page = openPage()
  mounted(page, { name: 'shop' })
  mounted(page, { name: 'admin' })
  expect(page.find('[part=pill]', 0).textContent).toBe('shop: Signed out')
  expect(page.find('[part=pill]', 1).textContent).toBe('admin: Signed out')
})

test('a container of the app holds it, and a page without body its root', () => {
  const page = openPage()
  const { document } = page.window
  const container = document.querySelector('main') as HTMLElement
  const { unmount } = mounted(page, { container })
  expect(container.children).toHaveLength(1)
  unmount()
  document.body.remove()
  mounted(page)
  expect(document.documentElement.lastElementChild?.localName).toBe('unexpired-devtools')
})

test('a wall clock that is set back makes no future of what was before', async () => {
  const page = openPage()
  const ahead = Date.now() + 3_600_000
  const wall = vi.spyOn(Date, 'now').mockImplementation(() => ahead)
  const session = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  await session.signIn({ accessToken: 'first' })
  wall.mockRestore()
  mountDevtools(session, { open: true })
  page.frame()
  const shown = textOf(page, 'li.event time').slice(0, 2)
  expect(shown).not.toBe(new Date(ahead).toTimeString().slice(0, 2))
})
