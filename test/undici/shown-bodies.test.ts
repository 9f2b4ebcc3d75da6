import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { interceptors, request } from 'undici'
import type { Dispatcher } from 'undici'
import { breathe, errorOf } from '../contract/stage.js'
import { byCode, coded, json, saysNo, saysYes } from './codes.js'
import { ask, sayHello, scene, serve, turningAway } from './scene.js'

const shown: Readonly<Record<string, Record<string, string | number>>> = {
  JSON: json,
  'JSON of another kind': { 'Content-Type': 'application/problem+json' },
  'JSON with its length': { ...json, 'Content-Length': saysNo.length },
  'short text': { 'Content-Type': 'text/html', 'Content-Length': saysNo.length },
}

test.each(Object.entries(shown))('a code in a body of %s is seen', async (_what, head) => {
  const { origin, asked } = await coded(head)
  const { api, refreshes } = await scene(origin, { options: byCode })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text: saysYes })
  expect(asked).toEqual(['/ first', '/ second'])
  expect(refreshes()).toBe(1)
})

const hidden: Readonly<Record<string, Record<string, string | number>>> = {
  'text of unknown length': { 'Content-Type': 'text/plain' },
  'server-sent events': { 'Content-Type': 'text/event-stream' },
  'JSON lines': { 'Content-Type': 'application/x-ndjson' },
  'parts of different types': { 'Content-Type': 'multipart/mixed; boundary=x' },
  'no type': {},
}

test.each(Object.entries(hidden))(
  'a body of %s is not looked into, and does not wait to be complete',
  async (_what, head) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    let finish = (): void => undefined
    const { origin } = await serve((_, response) => {
      response.writeHead(200, head).write(saysNo)
      finish = () => void response.end()
    })
    const { api, refreshes } = await scene(origin, { options: byCode })
    const { body } = await request(origin, { dispatcher: api })
    finish()
    expect(await body.text()).toBe(saysNo)
    expect(refreshes()).toBe(0)
    expect(log).not.toHaveBeenCalled()
  },
)

test('a long JSON body is not looked into, where its length is known', async () => {
  let finish = (): void => undefined
  const { origin } = await serve((_, response) => {
    response.writeHead(200, { ...json, 'Content-Length': 65_537 }).write(saysNo)
    finish = () => void response.end(' '.repeat(65_537 - saysNo.length))
  })
  const { api, refreshes } = await scene(origin, { options: byCode })
  const { body } = await request(origin, { dispatcher: api })
  finish()
  expect(await body.text()).toHaveLength(65_537)
  expect(refreshes()).toBe(0)
})

test('a JSON body of unknown length is waited for up to 64 kB, and then handed over from its start', async () => {
  const part = JSON.stringify({ code: 1234, more: 'ö'.repeat(20_000) })
  let finish = (): void => undefined
  const { origin } = await serve((_, response) => {
    response.writeHead(200, json).write(part)
    response.write(part)
    finish = () => void response.end(part)
  })
  const { api, refreshes } = await scene(origin, { options: byCode })
  const { body } = await request(origin, { dispatcher: api })
  finish()
  expect(await body.text()).toBe(part.repeat(3))
  expect(refreshes()).toBe(0)
})

test('the caller gets the whole body that was looked into, and characters that were cut are whole', async () => {
  const text = JSON.stringify({ code: 0, text: 'Ünï cödé 🙂'.repeat(500) })
  const bytes = Buffer.from(text)
  const { origin } = await serve((_, response) => {
    response.writeHead(200, json)
    for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7))
    response.end()
  })
  const seen: unknown[] = []
  const { api } = await scene(origin, {
    options: {
      async expired(response) {
        seen.push(await response.text(), await response.json())
        return false
      },
    },
  })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text })
  expect(seen).toEqual([text, JSON.parse(text)])
})

test.each([
  ['gzip', gzipSync(saysNo)],
  ['br', brotliCompressSync(saysNo)],
])(
  'a body compressed with %s is looked into after interceptors.decompress()',
  async (how, bytes) => {
    const head = { ...json, 'Content-Encoding': how, 'Content-Length': bytes.length }
    const plain = await coded(head, bytes)
    let read: unknown
    const without = await scene(plain.origin, {
      options: {
        async expired(response) {
          read = await errorOf(response.text())
          return false
        },
      },
    })
    await ask(plain.origin, { dispatcher: without.api })
    expect(String(read)).toContain('not shown')

    const { origin } = await coded(head, bytes)
    const { api, refreshes } = await scene(origin, {
      options: byCode,
      inside: [interceptors.decompress()],
    })
    expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text: saysYes })
    expect(refreshes()).toBe(1)
  },
)

/** As a decompressor does. */
const inflate: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, {
    onRequestStart: (...start) => handler.onRequestStart?.(...start),
    onResponseStart: (...head) => handler.onResponseStart?.(...head),
    onResponseData: (controller, chunk) =>
      handler.onResponseData?.(controller, Buffer.concat(Array.from({ length: 10 }, () => chunk))),
    onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
    onResponseError: (...error) => handler.onResponseError?.(...error),
  })

test('a body that is short only as long as it is compressed is let go of', async () => {
  const { origin } = await serve(
    turningAway(sayHello, (_, response) => {
      response.writeHead(401, { 'Content-Length': 60_000 }).write('x'.repeat(20_000))
      setTimeout(() => response.end('x'.repeat(40_000)), 5)
    }),
  )
  const { api, release } = await scene(origin, {
    hold: true,
    agent: { connections: 1 },
    inside: [inflate],
  })
  const answer = ask(origin, { dispatcher: api })
  await breathe(10)
  release()
  expect(await answer).toMatchObject({ status: 200 })
})

test('G28 a body that breaks while it is looked into is handed over as far as it came, with the error', async () => {
  const { origin } = await serve((_, response) => {
    response.writeHead(200, { ...json, 'Content-Length': 100 }).write('{"code":12')
    setImmediate(() => response.destroy())
  })
  const { api, refreshes } = await scene(origin, {
    options: { expired: async (response) => (await response.text()).includes('12') },
  })
  const { body } = await request(origin, { dispatcher: api })
  let text = ''
  const read = async (): Promise<void> => {
    for await (const chunk of body) text += String(chunk)
  }
  await expect(read()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' })
  expect(text).toBe('{"code":12')
  expect(refreshes()).toBe(0)
})
