import { expect, test } from 'vitest'
import type { AxiosRequestConfig } from 'axios'
import { errorOf } from '../contract/stage.js'
import { echoOf, nodeAdapters, scene, xToken } from './scene.js'

const basic = { username: 'svc', password: 'secret' }

/** Each is turned away by the server, which knows none of them. */
const own: Readonly<Record<string, AxiosRequestConfig>> = {
  'config.auth': { auth: basic },
  'an Authorization header': { headers: { Authorization: 'Bearer own' } },
  'an authorization header in lower case': { headers: { authorization: 'Bearer own' } },
  'an AUTHORIZATION header in upper case': { headers: { AUTHORIZATION: 'Bearer own' } },
  'an empty Authorization header': { headers: { Authorization: '' } },
}

/** So a caller says that there is to be no credential. */
const none: Readonly<Record<string, AxiosRequestConfig>> = {
  'an Authorization header of null': { headers: { Authorization: null } },
  'an Authorization header of false': { headers: { Authorization: false } },
}

for (const adapter of nodeAdapters) {
  test.each(Object.entries({ ...own, ...none }))(
    `on the ${adapter} adapter, a request with %s is not ours`,
    async (_what, config) => {
      const { api, server, received, clock } = await scene({ config: { adapter } })
      expect(await errorOf(api.get('/thing', config))).toMatchObject({ response: { status: 401 } })
      // Nor is it held.
      await clock.advance(60_000)
      expect(await errorOf(api.get('/thing', config))).toMatchObject({ response: { status: 401 } })
      expect(server.counts.refreshes).toBe(0)
      expect(received().map(({ user }) => user)).toEqual([undefined, undefined])
    },
  )

  test.each(Object.entries(none))(
    `on the ${adapter} adapter, a request with %s carries no credential`,
    async (_what, config) => {
      const { api, received } = await scene({ config: { adapter } })
      await errorOf(api.get('/thing', config))
      expect(received()).toMatchObject([{ credentials: [] }])
    },
  )

  test(`on the ${adapter} adapter, a URL with user name and password has its own credential`, async () => {
    const { api, server, received } = await scene({ config: { adapter } })
    const url = `${server.url.replace('//', '//svc:secret@')}/api/thing`
    expect(await errorOf(api.get(url))).toMatchObject({ response: { status: 401 } })
    expect(received()).toHaveLength(1)
    expect(server.counts.refreshes).toBe(0)
  })
}

test('a header of undefined says nothing: the request is ours', async () => {
  const { api } = await scene()
  // As apps without exactOptionalPropertyTypes write it.
  const headers = { Authorization: undefined } as unknown as Record<string, string>
  expect(echoOf(await api.get('/thing', { headers })).user).toBe('ann')
})

test('a credential of the instance itself wins too', async () => {
  const { api, received } = await scene()
  api.defaults.headers.common['Authorization'] = 'Bearer own'
  expect(await errorOf(api.get('/thing'))).toMatchObject({ response: { status: 401 } })
  expect(received()).toMatchObject([{ user: undefined, credentials: ['authorization'] }])
})

test('where the credential goes into another header, Authorization is the caller’s affair', async () => {
  const { api, received } = await scene({ protocol: xToken })
  await api.get('/thing', { headers: { Authorization: 'Basic own' } })
  expect(received()).toMatchObject([{ user: 'ann', credentials: ['authorization', 'x-token'] }])
})

test('a caller’s X-Token in any case wins', async () => {
  const { api, received, server } = await scene({ protocol: xToken })
  const { data } = await api.get<unknown>('/thing', { headers: { 'x-TOKEN': 'own' } })
  expect(data).toMatchObject({ code: 1234 })
  expect(received()).toMatchObject([{ user: undefined }])
  expect(server.counts.refreshes).toBe(0)
})

test('a scheme and a header of choice are what the server sees', async () => {
  const { api, server, session } = await scene({
    attach: { header: 'X-Api-Key', scheme: 'Token' },
  })
  let seen: unknown
  api.defaults.adapter = (config) => {
    seen = config.headers.toJSON()
    return Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config })
  }
  await api.get('/thing')
  expect(seen).toMatchObject({ 'X-Api-Key': `Token ${session.tokens?.accessToken ?? ''}` })
  expect(seen).not.toHaveProperty('Authorization')
  expect(server.requests.filter(({ kind }) => kind === 'api')).toEqual([])
})
