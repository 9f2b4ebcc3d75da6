import { expect, test } from 'vitest'
import {
  fetch as undiciFetch,
  FormData as UndiciFormData,
  Headers as UndiciHeaders,
  Request as UndiciRequest,
} from 'undici'
import { carriers, world } from './scene.js'
import { turnsAwayTheFirst } from './server.js'

/** Its classes are not the platform's, though they look alike; types tell them apart. */
const fetchOfUndici = undiciFetch as unknown as typeof fetch

for (const [carrier, options] of Object.entries(carriers)) {
  test(`with ${carrier}, the fetch of the undici package may be given its own Headers`, async () => {
    const { api, url, server } = await world(undefined, { ...options, fetch: fetchOfUndici })
    const headers = new UndiciHeaders({ 'X-Request-Id': 'r-1' }) as unknown as Headers
    expect((await api(url, { headers })).status).toBe(200)
    expect(server.requests.map((request) => request.headers['x-request-id'])).toEqual([
      'r-1',
      'r-1',
    ])
  })

  test(`with ${carrier}, the fetch of the undici package may be given its own Request`, async () => {
    const { api, url, server } = await world(undefined, { ...options, fetch: fetchOfUndici })
    const init = { method: 'POST', body: 'text', headers: { 'X-Request-Id': 'r-1' } }
    const request = new UndiciRequest(url, init) as unknown as Request
    expect((await api(request)).status).toBe(200)
    for (const { method, headers, body } of server.requests) {
      expect([method, headers['x-request-id'], body.toString()]).toEqual(['POST', 'r-1', 'text'])
    }
    expect(server.requests).toHaveLength(2)
  })

  test(`with ${carrier}, the fetch of the undici package may be given its own FormData`, async () => {
    const { api, url, server } = await world(undefined, { ...options, fetch: fetchOfUndici })
    const form = new UndiciFormData()
    form.append('name', 'as given')
    const body = form as unknown as FormData
    expect((await api(url, { method: 'POST', body })).status).toBe(200)
    expect(server.requests).toHaveLength(2)
    for (const { headers, body: sent } of server.requests) {
      expect(headers['content-type']).toContain('multipart/form-data')
      expect(sent.toString()).toContain('as given')
    }
  })
}

test('expired may read the answers of the undici package, and the caller reads them again', async () => {
  const { api, url, refreshes } = await world(undefined, {
    fetch: fetchOfUndici,
    expired: async (response) => ((await response.json()) as { code: number }).code === 1234,
  })
  expect(await (await api(url)).json()).toMatchObject({ token: 'second' })
  expect(refreshes()).toBe(1)
})

test('an answer of the undici package that came by a redirect may be read by expired, and cloned', async () => {
  const { api, url, refreshes } = await world(
    (request, response) => {
      if (request.url === '/from') response.writeHead(307, { Location: '/to' }).end()
      else turnsAwayTheFirst(request, response)
    },
    {
      ...carriers['X-Token'],
      fetch: fetchOfUndici,
      expired: async (response) => ((await response.json()) as { code: number }).code === 1234,
    },
  )
  const answer = await api(`${url}/from`)
  expect(refreshes()).toBe(1)
  const copy = answer.clone()
  expect([copy.redirected, copy.url]).toEqual([true, `${url}/to`])
  expect(await copy.json()).toMatchObject({ token: 'second' })
  expect(await answer.json()).toMatchObject({ token: 'second' })
})
