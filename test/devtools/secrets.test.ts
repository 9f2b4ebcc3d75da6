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

/** Tokens in which nothing looks like one. */
const wordy = (n: number, kind: string) =>
  `Qw/aRxZpLm/RtYuIo+${kind}/SdFgHj${'abcdefghijklmnopqrstuvwxyz'[n]}=`

test('G40 what was cut out once stays cut out, after any number of refreshes', async () => {
  const page = openPage()
  let made = 0
  let refusal: Error | undefined
  const session = createSession({
    refresh: async () => {
      if (refusal) throw refusal
      made += 1
      return {
        accessToken: `${made}.access.${made}`.padEnd(40, 'x'),
        refreshToken: `r${made}`.padEnd(90, 'y'),
      }
    },
  })
  const first = wordy(0, 'refresh')
  mountDevtools(session, { open: true })
  await session.signIn({ accessToken: wordy(0, 'access'), refreshToken: first })
  await session.refresh()
  refusal = new Error(`token ${first} was used twice, and ${'r2'.padEnd(90, 'y')}`)
  await session.refresh().catch(() => undefined)
  refusal = undefined
  for (let n = 0; n < 20; n += 1) await session.refresh()
  page.frame()
  for (const text of [allSaid(page.root()), await reportOf(page)]) {
    expect(text).toContain('token [token] was used twice, and [token]')
    expect(text).not.toContain(first)
  }
  await session.close()
})

test('G40 an older token is known however it is spelled', async () => {
  const page = openPage()
  const session = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  const old = 'QwaR/xZpLm+RtYuIo~PaS "dFgHj='
  mountDevtools(session, { open: true })
  await session.signIn({ accessToken: 'first', refreshToken: old })
  await session.refresh()
  await session.signIn({ accessToken: 'third' })
  const form = String(new URLSearchParams({ a: old })).slice(2)
  const json = JSON.stringify(old).slice(1, -1)
  for (const spelling of [old, encodeURIComponent(old), form, json]) {
    await session.authorize(async () => ({ status: 200 }), {
      request: { method: 'GET', url: `/reset/${spelling}/x` },
    })
  }
  page.frame()
  const labels = [...page.root().querySelectorAll('.request .label')]
  expect(labels.map((label) => label.textContent)).toEqual(Array(4).fill('GET /reset/[token]/x'))
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
