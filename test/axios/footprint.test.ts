import type { InternalAxiosRequestConfig } from 'axios'
import { memoryStore } from 'unexpired'
import { expect, test, vi } from 'vitest'

import { scene } from './scene.js'

/** Answers without a server, and notes what it was given. */
function adapter() {
  const given: { config: InternalAxiosRequestConfig; token: unknown; turn: number }[] = []
  const count = { turns: 0 }
  return {
    given,
    count,
    answer(config: InternalAxiosRequestConfig) {
      const { turns: turn } = count
      given.push({ config, token: config.headers.Authorization, turn })
      return Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config })
    },
  }
}

test('G42 with a live token a request is sent in the turn of the event loop in which it was made', async () => {
  const { answer, given, count } = adapter()
  const { api } = await scene({ config: { adapter: answer } })
  const turning = setImmediate(() => (count.turns += 1))
  await api.get('/thing')
  clearImmediate(turning)
  expect(given).toMatchObject([{ token: expect.stringMatching(/^Bearer ./) as string, turn: 0 }])
})

test('G42 the adapter is given the very config of its request, and the headers are the caller’s again', async () => {
  const { answer, given } = adapter()
  const made: InternalAxiosRequestConfig[] = []
  const { api } = await scene({
    config: { adapter: answer },
    before: (instance) =>
      void instance.interceptors.request.use((config) => {
        made.push(config)
        return config
      }),
  })
  const headers = { 'X-Own': 'kept' }
  const { config } = await api.get('/thing', { headers })
  expect(given[0]?.config).toBe(made[0])
  expect(config).toBe(made[0])
  expect(config.headers.toJSON()).toMatchObject(headers)
  expect(config.headers.Authorization).toBeUndefined()
  expect(headers).toEqual({ 'X-Own': 'kept' })
})

test('G42 with a live token a request asks no store', async () => {
  const store = memoryStore()
  const { api, session } = await scene({
    config: { adapter: adapter().answer },
    session: { store },
  })
  const asked = [vi.spyOn(store, 'load'), vi.spyOn(store, 'replace')]
  for (let count = 0; count < 5; count += 1) await api.get('/thing')
  for (const spy of asked) expect(spy).not.toHaveBeenCalled()
  await session.refresh()
  for (const spy of asked) expect(spy).toHaveBeenCalled()
})
