import { expect, onTestFinished, test } from 'vitest'
import { createSession } from 'unexpired'
import { proving, startProofServer } from '../support/proof-server.js'
import { enterPage } from './page.js'

const goTo = enterPage('http://127.0.0.1/')
// Only now: axios looks at import whether there is an XMLHttpRequest.
const { default: axios } = await import('axios')
const { attachSession } = await import('unexpired/axios')

test.each([
  ['/api', '/orders'],
  ['/api/', 'orders'],
  ['', '/api/orders'],
  ['', '../api/orders'],
])('in a page, baseURL %j and url %j are signed as they are sent', async (baseURL, url) => {
  const server = await startProofServer()
  goTo(`${server.url}/app/index.html`)
  const session = createSession({
    credential: proving(server.key),
    refresh: ({ refreshToken, signal }) => server.refresh(refreshToken, signal),
  })
  onTestFinished(() => void session.close())
  await session.signIn(server.signIn())
  const api = attachSession(axios.create({ adapter: 'xhr', baseURL }), session)
  server.expireNow()
  const { status } = await api.post(url, { a: 1 }, { params: { q: "it's", page: [1, 2] } })
  expect(status).toBe(200)
  expect(server.requests.map(({ why }) => why)).toEqual(['expired token', undefined])
})
