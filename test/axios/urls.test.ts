import { expect, test } from 'vitest'
import { echoOf, nodeAdapters, scene } from './scene.js'

test.each(nodeAdapters)('G26 baseURL is joined once on the %s adapter', async (adapter) => {
  const { api, server, received } = await scene({ config: { adapter } })
  server.orders.expireNow()
  const answer = await api.get('thing/1')
  expect(echoOf(answer).path).toBe('/api/thing/1')
  expect(received().map(({ path }) => path)).toEqual(['/api/thing/1', '/api/thing/1'])
  expect(answer.config).toMatchObject({ url: 'thing/1', baseURL: `${server.url}/api` })
})

test('G26 params are in the URL once, as the caller serialises them', async () => {
  const { api, server } = await scene()
  server.orders.expireNow()
  const answer = await api.get('/thing?fixed=1', {
    params: { q: 'a b', list: [1, 2], date: new Date(0) },
    paramsSerializer: { indexes: null },
  })
  expect(echoOf(answer).query).toEqual({
    fixed: '1',
    q: 'a b',
    list: ['1', '2'],
    date: '1970-01-01T00:00:00.000Z',
  })
  expect(answer.config).toMatchObject({ url: '/thing?fixed=1', params: { list: [1, 2] } })
})

test('params of the instance and of the request are merged once', async () => {
  const { api, server } = await scene({ config: { params: { tenant: 't' } } })
  server.orders.expireNow()
  expect(echoOf(await api.get('/thing', { params: { q: '1' } })).query).toEqual({
    tenant: 't',
    q: '1',
  })
})

test('a baseURL that ends in a slash, and a request without a URL, are joined as axios does', async () => {
  const { api, server, received } = await scene()
  api.defaults.baseURL = `${server.url}/api/`
  server.orders.expireNow()
  await api.get('//thing'.slice(1))
  await api.get('')
  await api.request({ method: 'get' })
  expect(received().map(({ path, user }) => [path, user])).toEqual([
    ['/api/thing', 'ann'],
    ['/api/thing', 'ann'],
    ['/api/', 'ann'],
    ['/api/', 'ann'],
  ])
})

test('a baseURL that is changed later counts from then on', async () => {
  const { api, server, received } = await scene()
  api.defaults.baseURL = `${server.url}/api/v2`
  expect(echoOf(await api.get('/thing')).user).toBe('ann')
  expect(received().map(({ path }) => path)).toEqual(['/api/v2/thing'])
})
