import { errors, interceptors, MockAgent, request } from 'undici'
import { createSession } from 'unexpired'
import { sessionInterceptor } from 'unexpired/undici'
import { expect, onTestFinished, test } from 'vitest'
import { errorOf } from '../contract/stage.js'
import { ask, credentialOf, sayHello, scene, serve, turningAway } from './scene.js'

const retry = interceptors.retry({ minTimeout: 1, maxTimeout: 1 })

/** Says 503 to every other request, after it has turned the first token away. */
const flaky = () => {
  let isWell = true
  return serve(
    turningAway((incoming, response) => {
      isWell = !isWell
      if (isWell) sayHello(incoming, response)
      else response.writeHead(503).end()
    }),
  )
}

test('interceptors.retry() may stand after the session: each retry goes through it', async () => {
  const { origin, asked } = await flaky()
  const { api } = await scene(origin, { around: [retry] })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text: 'hello' })
  expect(asked).toEqual(['/ first', '/ second', '/ second'])
})

test('interceptors.retry() may stand before the session too', async () => {
  const { origin, asked } = await flaky()
  const { api } = await scene(origin, { inside: [retry], around: [] })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text: 'hello' })
  expect(asked).toEqual(['/ first', '/ second', '/ second'])
})

test('G11 interceptors.retry() does not retry what the session rejects', async () => {
  const { origin, asked } = await serve((_, response) => response.writeHead(401).end())
  const { api, refreshes } = await scene(origin, {
    around: [retry],
    refresh: () => Promise.reject(Object.assign(new Error('no'), { status: 429 })),
  })
  expect(await errorOf(ask(origin, { dispatcher: api }))).toMatchObject({
    code: 'refresh-unavailable',
  })
  expect(asked).toHaveLength(1)
  expect(refreshes()).toBe(1)
})

test('interceptors.responseError() after the session sees only what the session hands over', async () => {
  const { origin, asked } = await serve(
    turningAway((_, response) => response.writeHead(418).end('teapot')),
  )
  const { api } = await scene(origin, { around: [interceptors.responseError()] })
  const error = await errorOf(ask(origin, { dispatcher: api }))
  expect(error).toBeInstanceOf(errors.ResponseError)
  expect(error).toMatchObject({ statusCode: 418 })
  expect(asked).toEqual(['/ first', '/ second'])
})

test('interceptors.dump() after the session reads what the session hands over', async () => {
  const { origin } = await serve(turningAway(sayHello))
  const { api } = await scene(origin, { around: [interceptors.dump({ maxSize: 100 })] })
  const { statusCode, body } = await request(origin, { dispatcher: api })
  expect(statusCode).toBe(200)
  expect(await body.text()).toBe('')
})

test('interceptors.cache() before the session keeps the answers to different tokens apart', async () => {
  const { origin, asked } = await serve((incoming, response) => {
    response.setHeader('Cache-Control', 'private, max-age=60')
    response.end(credentialOf(incoming))
  })
  const { api, session } = await scene(origin, { inside: [interceptors.cache()] })
  expect(await ask(origin, { dispatcher: api })).toMatchObject({ text: 'first' })
  await session.signIn({ accessToken: 'of-bob' })
  expect(await ask(origin, { dispatcher: api })).toMatchObject({ text: 'of-bob' })
  expect(asked).toHaveLength(2)
})

test('interceptors.dns() before the session leaves the origins as they are', async () => {
  const { origin, asked } = await serve(turningAway(sayHello))
  const named = origin.replace('127.0.0.1', 'localhost')
  const { api } = await scene(named, {
    inside: [interceptors.dns({ dualStack: false, affinity: 4 })],
  })
  expect(await ask(named, { dispatcher: api })).toEqual({ status: 200, text: 'hello' })
  expect(asked).toEqual(['/ first', '/ second'])
})

test('a MockAgent sees the requests as they are sent', async () => {
  const origin = 'https://api.example.com'
  const session = createSession({ refresh: () => Promise.resolve({ accessToken: 'second' }) })
  await session.signIn({ accessToken: 'first' })
  const agent = new MockAgent()
  onTestFinished(() => agent.close())
  agent.disableNetConnect()
  const pool = agent.get(origin)
  const signedWith = (authorization: string) =>
    pool.intercept({ path: '/me', method: 'POST', headers: { authorization }, body: 'x' })
  signedWith('Bearer first').reply(401, 'no')
  signedWith('Bearer second').reply(200, { name: 'ann' })
  const api = agent.compose(sessionInterceptor(session, { origins: [origin] }))
  const answer = await ask(`${origin}/me`, { dispatcher: api, method: 'POST', body: 'x' })
  expect(answer).toEqual({ status: 200, text: '{"name":"ann"}' })
  const unknown = await errorOf(ask(`${origin}/other`, { dispatcher: api }))
  expect(unknown).toMatchObject({ code: 'UND_MOCK_ERR_MOCK_NOT_MATCHED' })
})

test('G26 interceptors that stand after the session run once for each request', async () => {
  const { origin } = await serve(turningAway(sayHello))
  let runs = 0
  const { api } = await scene(origin, {
    around: [
      (dispatch) => (options, handler) => {
        runs += 1
        return dispatch(options, handler)
      },
    ],
  })
  await ask(origin, { dispatcher: api })
  expect(runs).toBe(1)
})

test('two sessions on one agent keep to their own origins', async () => {
  const one = await serve(turningAway(sayHello))
  const two = await serve(sayHello)
  const other = createSession({ refresh: () => Promise.resolve({ accessToken: 'second' }) })
  await other.signIn({ accessToken: 'other' })
  const { api } = await scene(one.origin, {
    around: [sessionInterceptor(other, { origins: [two.origin] })],
  })
  await ask(one.origin, { dispatcher: api })
  await ask(two.origin, { dispatcher: api })
  expect(one.asked).toEqual(['/ first', '/ second'])
  expect(two.asked).toEqual(['/ other'])
})
