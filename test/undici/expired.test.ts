import { expect, test, vi } from 'vitest'
import { request } from 'undici'
import type { UndiciResponse, UndiciSessionOptions } from 'unexpired/undici'
import { breathe, until } from '../contract/stage.js'
import { byCode, coded, json, saysNo, saysYes, sayYes } from './codes.js'
import { ask, scene, serve, turningAway } from './scene.js'

test('where `expired` decides without the body, nothing is waited for', async () => {
  let finish = (): void => undefined
  const { origin } = await serve((_, response) => {
    response.writeHead(200, json).write('{')
    finish = () => void response.end('}')
  })
  const { api } = await scene(origin, {
    options: { expired: ({ statusCode, headers }) => statusCode === 419 || !!headers['x-expired'] },
  })
  const { body } = await request(origin, { dispatcher: api })
  finish()
  expect(await body.text()).toBe('{}')
})

test('`expired` may say so by a status or header of its own', async () => {
  const { origin, asked } = await serve(
    turningAway(sayYes, (_, response) => response.writeHead(200, { 'X-Expired': '1' }).end()),
  )
  const { api } = await scene(origin, {
    options: { expired: ({ headers }) => !!headers['x-expired'] },
  })
  expect(await ask(origin, { dispatcher: api })).toMatchObject({ text: saysYes })
  expect(asked).toEqual(['/ first', '/ second'])
})

test('a 401 is no more special where `expired` is given', async () => {
  const { origin, asked } = await serve((_, response) => response.writeHead(401, json).end(saysYes))
  const { api } = await scene(origin, { options: byCode })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status: 401, text: saysYes })
  expect(asked).toHaveLength(1)
})

test.each([
  ['no JSON', 'oh no', 200],
  ['empty', '', 200],
  ['empty, of a 204', '', 204],
])('a body that is %s does not say that anything has expired', async (_what, body, status) => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { origin } = await serve((_, response) => response.writeHead(status, json).end(body))
  const { api, refreshes } = await scene(origin, { options: byCode })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status, text: body })
  expect(refreshes()).toBe(0)
  expect(log).not.toHaveBeenCalled()
})

const broken: Readonly<Record<string, UndiciSessionOptions['expired']>> = {
  throws: () => {
    throw new Error('mine')
  },
  rejects: () => Promise.reject(new Error('mine')),
}

test.each(Object.entries(broken))(
  'G13 where `expired` %s, that is shown, and the answer handed over',
  async (_how, expired) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { origin } = await serve(sayYes)
    const { api, refreshes } = await scene(origin, { options: { expired } })
    expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text: saysYes })
    expect(log).toHaveBeenCalledTimes(1)
    expect(refreshes()).toBe(0)
  },
)

test('what `expired` asked for in vain is not left unhandled', async () => {
  const failures: unknown[] = []
  const note = (error: unknown): void => void failures.push(error)
  process.on('unhandledRejection', note)
  const { origin } = await serve((_, response) => response.end(saysNo))
  let response: UndiciResponse | undefined
  const { api } = await scene(origin, {
    options: {
      expired(given) {
        response = given
        void given.text()
        return false
      },
    },
  })
  await ask(origin, { dispatcher: api })
  await breathe()
  process.off('unhandledRejection', note)
  expect(failures).toEqual([])
  await expect(response?.text()).rejects.toThrow('not shown')
})

test('`expired` is asked once for each answer, and its answer may take its time', async () => {
  const { origin, asked } = await coded(json)
  const expired = vi.fn(async (response: UndiciResponse) => {
    const text = await response.text()
    await breathe(2)
    return text === saysNo
  })
  const { api } = await scene(origin, { options: { expired } })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text: saysYes })
  expect(asked).toEqual(['/ first', '/ second'])
  expect(expired).toHaveBeenCalledTimes(2)
})

test('G21 `expired` is not asked about requests of nobody', async () => {
  const expired = vi.fn(() => true)
  const { origin, asked } = await serve(sayYes)
  const { api, session } = await scene(origin, { options: { expired } })
  await session.signOut()
  await ask(origin, { dispatcher: api })
  await ask(origin, { dispatcher: api, session: false })
  expect(asked).toEqual(['/ nobody', '/ nobody'])
  expect(expired).not.toHaveBeenCalled()
})

test('an abort while `expired` thinks ends the request at once', async () => {
  const { origin } = await serve(sayYes)
  const controller = new AbortController()
  let isAsked = false
  const { api } = await scene(origin, {
    options: {
      expired() {
        isAsked = true
        return new Promise(() => undefined)
      },
    },
  })
  const answer = ask(origin, { dispatcher: api, signal: controller.signal })
  answer.catch(() => undefined)
  await until(() => isAsked)
  controller.abort(new Error('enough'))
  await expect(answer).rejects.toThrow('enough')
})
