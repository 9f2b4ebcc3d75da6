import { expect, test, vi } from 'vitest'

import { createSession, RefreshRefusedError } from 'unexpired'
import { mountDevtools } from 'unexpired/devtools'

import { allSaid, openPage, type Page } from './page.js'

/** Words, so that only who knows them takes them for tokens. */
const canaries = {
  first: { accessToken: 'canary-access-first', refreshToken: 'canary-refresh-first' },
  second: { accessToken: 'canary.head.partofsecond', refreshToken: 'canary-refresh-second' },
}

async function reportOf(page: Page): Promise<string> {
  page.find('[part=copy]').click()
  const text = page.report()
  await vi.waitFor(() => expect(text.hidden).toBe(false))
  return text.value
}

test('G40 no token or part of one is shown, copied or told to other tabs', async () => {
  const page = openPage()
  const posted = vi.spyOn(BroadcastChannel.prototype, 'postMessage')
  let refusal: Error | undefined
  const session = createSession({
    refresh: async () => {
      if (refusal) throw refusal
      return canaries.second
    },
    store: {
      load: () => undefined,
      replace() {
        const { first, second } = canaries
        throw new Error(`could not write ${first.accessToken} ${second.refreshToken}`)
      },
    },
  })
  mountDevtools(session, { open: true })
  await session.signIn(canaries.first)
  const get = (url: string): Promise<unknown> =>
    session
      .authorize(
        async ({ accessToken }) => ({
          status: accessToken === canaries.first.accessToken ? 401 : 200,
        }),
        { request: { method: 'GET', url } },
      )
      .catch((error: unknown) => error)
  await get(
    `https://app.test/by/${canaries.first.accessToken}/x?token=${canaries.first.accessToken}`,
  )
  // What was in force before, and a part of what is.
  await get(`/reset/${canaries.first.refreshToken}`)
  await get('/part/partofsecond#canary')
  page.frame()
  const paths = [...page.root().querySelectorAll('.request .label')].map(
    (label) => label.textContent,
  )
  expect(paths).toEqual(['GET /by/[token]/x', 'GET /reset/[token]', 'GET /part/[token]'])

  refusal = new RefreshRefusedError(
    `no ${canaries.second.accessToken} ${canaries.first.accessToken}`,
  )
  page.find('[part=refresh]').click()
  await vi.waitFor(() => expect(session.status).toBe('signed-out'))
  await vi.waitFor(() => expect(page.find('[part=message]').textContent).toMatch(/refused/))
  page.frame()
  expect(page.find('[part=headline]').textContent).toMatch(/the server refused/)

  const said = [allSaid(page.root()), await reportOf(page), JSON.stringify(posted.mock.calls)]
  for (const text of said) expect(text).not.toMatch(/canary|partofsecond/)
  expect(posted).toHaveBeenCalled()
  expect(localStorageOf(page)).not.toMatch(/canary/)
  await session.close()
})

const localStorageOf = ({ window }: Page): string => JSON.stringify(window.localStorage)

test('what a page or a server says becomes text, never HTML', async () => {
  const page = openPage()
  const session = createSession({
    refresh: async () => Promise.reject(new RefreshRefusedError('<img src=x onerror=alert(1)>')),
  })
  const innerHtml = vi.spyOn(page.window.Element.prototype, 'innerHTML', 'set')
  mountDevtools(session, { open: true, name: '<b>shop</b>' })
  await session.signIn({ accessToken: 'first' })
  await session
    .authorize(async () => ({ status: 401 }), {
      request: { method: 'GET', url: '/<script>alert(1)</script>' },
    })
    .catch(() => undefined)
  page.frame()
  expect(page.find('.request .label').textContent).toBe('GET /<script>alert(1)</script>')
  expect(page.find('[part=headline]').textContent).toContain('<img src=x onerror=alert(1)>')
  expect(page.root().querySelectorAll('img, script, b')).toHaveLength(0)
  expect(innerHtml).not.toHaveBeenCalled()
})
