import { expect, test } from 'vitest'
import { request } from 'undici'
import { breathe, until } from '../contract/stage.js'
import { ask, sayHello, scene, serve, turningAway } from './scene.js'

const big = Buffer.alloc(2_000_000, 'x')

test('a request that was turned away is sent again on the connection that it came on', async () => {
  const { origin, asked, connections } = await serve(turningAway(sayHello))
  const { api } = await scene(origin, { agent: { connections: 1 } })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text: 'hello' })
  expect(asked).toEqual(['/ first', '/ second'])
  expect(connections()).toBe(1)
})

test('so it is where the rest of a short answer that turns away is still coming', async () => {
  let finish = (): void => undefined
  const { origin, connections } = await serve(
    turningAway(sayHello, (_, response) => {
      response.writeHead(401, { 'Content-Length': 2 }).write('n')
      finish = () => void response.end('o')
    }),
  )
  const { api, refreshes } = await scene(origin, { agent: { connections: 1 } })
  const answer = ask(origin, { dispatcher: api })
  await until(() => refreshes() === 1)
  await breathe()
  finish()
  expect(await answer).toEqual({ status: 200, text: 'hello' })
  expect(connections()).toBe(1)
})

test('an answer that turns away at length holds up neither the replay nor the end of the agent', async () => {
  const { origin, connections } = await serve(
    turningAway(sayHello, (_, response) => response.writeHead(401).end(big)),
  )
  const { api } = await scene(origin, { agent: { connections: 1 } })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text: 'hello' })
  expect(connections()).toBe(2)
  await api.close()
})

test('an answer that turns away and says that it is long is not waited for', async () => {
  let isClosed = false
  const { origin } = await serve(
    turningAway(sayHello, (_, response) => {
      response.writeHead(401, { 'Content-Length': big.length }).write('x')
      response.on('close', () => (isClosed = true))
    }),
  )
  const { api } = await scene(origin, { agent: { connections: 1 } })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text: 'hello' })
  await until(() => isClosed)
})

test.each([
  ['and never ends', {}, 1],
  ['and says that it is short, but never ends', { 'Content-Length': 2 }, 2],
])('an answer that turns away %s is let go of', async (_how, head, connections) => {
  let isClosed = false
  const { origin } = await serve(
    turningAway(sayHello, (_, response) => {
      response.writeHead(401, head).write('x')
      response.on('close', () => (isClosed = true))
    }),
  )
  const { api } = await scene(origin, { agent: { connections } })
  expect(await ask(origin, { dispatcher: api })).toEqual({ status: 200, text: 'hello' })
  await until(() => isClosed)
  await api.close()
})

test('an answer that turns away and never ends is let go of when the session ends', async () => {
  let isClosed = false
  const { origin } = await serve(
    turningAway(sayHello, (_, response) => {
      response.writeHead(401).write('x')
      response.on('close', () => (isClosed = true))
    }),
  )
  const { api, session, refreshes } = await scene(origin, { hold: true })
  const answer = ask(origin, { dispatcher: api })
  answer.catch(() => undefined)
  await until(() => refreshes() === 1)
  await session.signOut()
  await expect(answer).rejects.toMatchObject({ code: 'session-ended' })
  await until(() => isClosed)
})

test('an answer that was kept back comes in the order in which it was sent', async () => {
  const parts = Array.from({ length: 300 }, (_, index) => `${index} `.repeat(100))
  const { origin } = await serve((_, response) => {
    response.writeHead(401)
    for (const part of parts) response.write(part)
    response.end()
  })
  const { api } = await scene(origin)
  const { text } = await ask(origin, { dispatcher: api, session: { replay: false } })
  expect(text).toBe(parts.join(''))
})

test('an answer that was kept back and breaks is handed over as far as it came', async () => {
  const { origin } = await serve((_, response) => {
    response.writeHead(401, { 'Content-Length': 100 }).write('as far as')
    setImmediate(() => response.destroy())
  })
  const { api, refreshes } = await scene(origin)
  const { statusCode, body } = await request(origin, {
    dispatcher: api,
    session: { replay: false },
  })
  expect(statusCode).toBe(401)
  let text = ''
  const read = async (): Promise<void> => {
    for await (const chunk of body) text += String(chunk)
  }
  await expect(read()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' })
  expect(text).toBe('as far as')
  expect(refreshes()).toBe(1)
})
