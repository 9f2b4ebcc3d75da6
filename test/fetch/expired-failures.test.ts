import { beforeEach, expect, test, vi } from 'vitest'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { errorOf } from '../contract/stage.js'
import { world } from './scene.js'

/** Looks into the body, whatever it is. */
const byCode: FetchSessionOptions = {
  expired: async (response) => ((await response.json()) as { code?: number }).code === 1234,
}

let shown = vi.spyOn(console, 'error')
beforeEach(() => {
  shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

const bodiless: Readonly<Record<string, readonly [method: string, status: number]>> = {
  '204': ['GET', 204],
  '205': ['POST', 205],
  '304': ['GET', 304],
  HEAD: ['HEAD', 200],
  'a HEAD of 401': ['HEAD', 401],
}

test.each(Object.entries(bodiless))(
  'where there is no body (%s), reading it counts as not expired, and nothing is logged',
  async (_what, [method, status]) => {
    const { api, url, refreshes } = await world((_request, response) => {
      if (method === 'HEAD') response.setHeader('Content-Type', 'application/json')
      response.writeHead(status).end()
    }, byCode)
    const answer = await api(url, { method })
    expect([answer.status, await answer.text()]).toEqual([status, ''])
    expect(refreshes()).toBe(0)
    expect(shown).not.toHaveBeenCalled()
  },
)

test('where there is no body, status and headers may still say that it is expired', async () => {
  const { api, url, refreshes } = await world(
    (_request, response) => response.setHeader('X-Expired', '1').writeHead(204).end(),
    { expired: async (r) => r.headers.has('x-expired') && (await r.text()) === '' },
  )
  expect((await api(url)).status).toBe(204)
  expect(refreshes()).toBe(1)
})

const noJson = ['', '{"code":1234', 'not JSON', '<html>', '\u0000']

test.each(noJson)('JSON that is none (%j) is not expired, and nothing is logged', async (text) => {
  const { api, url, refreshes } = await world((_request, response) => {
    response.setHeader('Content-Type', 'application/json').end(text)
  }, byCode)
  expect(await (await api(url)).text()).toBe(text)
  expect(refreshes()).toBe(0)
  expect(shown).not.toHaveBeenCalled()
})

test('a short page of a proxy is shown, is no JSON, and nothing is logged', async () => {
  const page = '<html>502 Bad Gateway</html>'
  const { api, url, refreshes } = await world((_request, response) => {
    response.setHeader('Content-Type', 'text/html').setHeader('Content-Length', page.length)
    response.writeHead(502).end(page)
  }, byCode)
  expect(await (await api(url)).text()).toBe(page)
  expect(refreshes()).toBe(0)
  expect(shown).not.toHaveBeenCalled()
})

test('an unusual status is handed over as it is, and nothing is logged', async () => {
  const { api, url, refreshes } = await world((_request, response) => {
    response.setHeader('Content-Type', 'application/json').writeHead(999).end('{"code":1}')
  }, byCode)
  const answer = await api(url)
  expect([answer.status, await answer.text()]).toEqual([999, '{"code":1}'])
  expect(refreshes()).toBe(0)
  expect(shown).not.toHaveBeenCalled()
})

/** Ways in which an app's own function is wrong. */
const broken: Readonly<Record<string, NonNullable<FetchSessionOptions['expired']>>> = {
  'throws at once': () => {
    throw new Error('broken')
  },
  rejects: () => Promise.reject(new Error('broken')),
  'does not think of null': async (response) =>
    ((await response.json()) as { code: number }).code === 1234,
  'rejects after it has read the body': async (response) => {
    await response.text()
    throw new Error('broken')
  },
}

test.each(Object.entries(broken))(
  'G13 an expired that %s is shown once, and the answer handed over whole',
  async (_how, expired) => {
    const { api, url, refreshes } = await world(
      (_request, response) => response.setHeader('Content-Type', 'application/json').end('null'),
      { expired },
    )
    expect(await (await api(url)).json()).toBeNull()
    expect(refreshes()).toBe(0)
    expect(shown).toHaveBeenCalledTimes(1)
    expect(String(shown.mock.calls[0])).toContain('a callback of the app threw')
  },
)

test('a body that breaks off while expired reads it is not expired, and breaks off for the caller', async () => {
  const { api, url, refreshes } = await world((_request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.write('{"code":1234')
    setImmediate(() => response.destroy())
  }, byCode)
  const answer = await api(url)
  expect(answer.status).toBe(200)
  expect(await errorOf(answer.text())).toBeInstanceOf(TypeError)
  expect(refreshes()).toBe(0)
  // It is nobody's fault.
  expect(shown).not.toHaveBeenCalled()
})
