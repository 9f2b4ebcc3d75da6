import { expect, test } from 'vitest'

import { createSession } from 'unexpired'
import { mountDevtools } from 'unexpired/devtools'

import { openPage, type Page } from './page.js'

/** How often anything changed in the panel. */
function changes(page: Page): () => number {
  let count = 0
  const observer = new page.window.MutationObserver((records) => {
    count += records.length
  })
  observer.observe(page.root(), {
    attributes: true,
    characterData: true,
    childList: true,
    subtree: true,
  })
  return () => {
    count += observer.takeRecords().length
    return count
  }
}

async function busy(page: Page, open: boolean) {
  const session = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  await session.signIn({ accessToken: 'first' })
  mountDevtools(session, { open })
  page.frame()
  const request = (): Promise<unknown> =>
    session.authorize(async () => ({ status: 200 }), { request: { method: 'GET', url: '/me' } })
  return { session, request, many: () => Promise.all(Array.from({ length: 500 }, request)) }
}

test('five hundred requests between two frames are drawn in one', async () => {
  const page = openPage()
  const { many } = await busy(page, true)
  const count = changes(page)
  await many()
  expect(count()).toBe(0)
  expect(page.frame()).toBe(1)
  expect(count()).toBeGreaterThan(0)
  expect(page.find('.timeline .hint').textContent).toBe('200 requests')
  expect(page.root().querySelectorAll('li.request')).toHaveLength(100)
})

test('while nothing changes, nothing is drawn', async () => {
  const page = openPage()
  const { many } = await busy(page, true)
  await many()
  page.frame()
  expect(page.frame()).toBe(0)
})

test('a closed panel takes no frame for requests, and draws them when it is opened', async () => {
  const page = openPage()
  const { many, session } = await busy(page, false)
  await many()
  expect(page.frame()).toBe(0)
  session.expire()
  expect(page.frame()).toBe(1)
  expect(page.find('[part=pill]').textContent).toBe('Expired')
  page.find('[part=pill]').click()
  page.frame()
  expect(page.find('.timeline .hint').textContent).toBe('200 requests')
})

test('a hidden page draws nothing, and all of it when it is shown again', async () => {
  const page = openPage()
  const { many, session } = await busy(page, true)
  page.hide(true)
  await many()
  await session.signOut()
  expect(page.frame()).toBe(0)
  page.hide(false)
  expect(page.frame()).toBe(1)
  expect(page.find('[role=status]').textContent).toBe('Signed out')
})

test('while something is going on, each frame draws it longer', async () => {
  const page = openPage()
  const { session } = await busy(page, true)
  let answer: ((value: { status: number }) => void) | undefined
  const slow = session.authorize(() => new Promise((resolve) => (answer = resolve)), {
    request: { method: 'GET', url: '/slow' },
  })
  page.frame()
  expect(page.frame()).toBe(1)
  answer?.({ status: 200 })
  await slow
  page.frame()
  expect(page.frame()).toBe(0)
})

test('a life of ten years takes no frames', async () => {
  const page = openPage()
  const session = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  await session.signIn({ accessToken: 'first', expiresIn: 315_360_000 })
  const unmount = mountDevtools(session)
  page.frame()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(page.frame()).toBe(0)
  unmount()
  await session.close()
})
