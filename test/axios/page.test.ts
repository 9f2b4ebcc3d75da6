import { expect, onTestFinished, test } from 'vitest'
import type { AxiosInstance, CreateAxiosDefaults } from 'axios'
import { createSession } from 'unexpired'
import type { TokenServer } from 'unexpired/testing'
import { startRecorder } from '../contract/recorder.js'
import { bearer } from '../contract/protocols.js'
import { errorOf, start } from '../contract/stage.js'
import { enterPage } from './page.js'

const goTo = enterPage('http://127.0.0.1/')
// Only now: axios looks at import whether there is an XMLHttpRequest.
const { default: axios } = await import('axios')
const { attachSession } = await import('unexpired/axios')

interface Page {
  readonly api: AxiosInstance
  readonly server: TokenServer
}

/** A page of the server, with an instance as apps make them there. */
async function page(config: CreateAxiosDefaults): Promise<Page> {
  const server = await start()
  goTo(`${server.url}/app/index.html`)
  const session = createSession({ refresh: bearer.refresh(server.url) })
  onTestFinished(() => void session.close())
  await session.signIn(await bearer.signIn(server, 'ann'))
  return { api: attachSession(axios.create({ adapter: 'xhr', ...config }), session), server }
}

test('in a page, a relative baseURL is one of the page’s origin', async () => {
  const { api, server } = await page({ baseURL: '/api' })
  server.orders.expireNow()
  const { data } = await api.get<unknown>('/thing')
  expect(data).toMatchObject({ user: 'ann', generation: 2, path: '/api/thing' })
})

test('in a page without a baseURL, the page’s own origin is ours', async () => {
  const { api } = await page({})
  expect((await api.get<unknown>('/api/thing')).data).toMatchObject({ user: 'ann' })
  expect((await api.get<unknown>('../api/thing')).data).toMatchObject({ user: 'ann' })
})

test('in a page, an absolute URL of its own origin carries the token', async () => {
  const { api, server } = await page({ baseURL: '/api' })
  const { data } = await api.get<unknown>(`${server.url}/api/thing`)
  expect(data).toMatchObject({ user: 'ann' })
})

test('G39 in a page, other origins are sent none, in whichever way they are written', async () => {
  const elsewhere = await startRecorder()
  for (const baseURL of ['/api', '']) {
    const { api, server } = await page({ baseURL })
    const { url, host } = elsewhere
    for (const path of [
      url,
      `//${host}/a`,
      `\\\\${host}/b`,
      `/\\${host}/c`,
      ` ${url}/d`,
      `/\t/${host}/e`,
    ]) {
      await errorOf(api.get(path)).catch(() => undefined)
    }
    expect(server.counts.refreshes).toBe(0)
  }
  // In a page, unlike in Node, most of them do lead there.
  expect(elsewhere.requests.length).toBeGreaterThan(5)
  expect(elsewhere.requests.flatMap(({ headers }) => headers.authorization ?? [])).toEqual([])
})

test('G39 in a page, an API on another origin is known by baseURL, and the page is not it', async () => {
  const { api, server: home } = await page({})
  const other = await start()
  api.defaults.baseURL = `${other.url}/api`
  await errorOf(api.get('/thing'))
  await errorOf(api.get(`${home.url}/api/thing`))
  expect(other.requests.map(({ credentials }) => credentials)[0]).toEqual(['authorization'])
  expect(home.requests.at(-1)).toMatchObject({ path: '/api/thing', credentials: [] })
})
