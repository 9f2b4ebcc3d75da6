import { Readable } from 'node:stream'
import { Agent, Client, Pool, request } from 'undici'
import type { Dispatcher } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { createSession } from 'unexpired'
import type { Session } from 'unexpired'
import { sessionInterceptor } from 'unexpired/undici'
import type { UndiciSessionOptions } from 'unexpired/undici'
import { errorOf } from '../contract/stage.js'
import { recording } from './handler.js'
import { ask, sayHello, scene, serve, turningAway } from './scene.js'

async function signedIn(): Promise<Session> {
  const session = createSession({ refresh: () => Promise.resolve({ accessToken: 'second' }) })
  onTestFinished(() => void session.close())
  await session.signIn({ accessToken: 'first' })
  return session
}

const unknown = { name: 'SessionError', code: 'origin-unknown' }

test('G39 an Agent whose `origins` were not named rejects, and says what to do', async () => {
  const { origin, asked } = await serve(sayHello)
  const agent = new Agent().compose(sessionInterceptor(await signedIn()))
  onTestFinished(() => agent.destroy())
  const error = await errorOf(request(origin, { dispatcher: agent }))
  expect(error).toMatchObject(unknown)
  expect(String(error)).toContain('pass `origins`')

  // As undici does with what is wrong: the handler is told, and nothing thrown.
  const handler = recording()
  const body = Readable.from(['x'])
  expect(agent.dispatch({ origin, path: '/', method: 'POST', body }, handler)).toBe(false)
  expect(handler.errors).toMatchObject([unknown])
  expect(body.destroyed).toBe(true)
  expect(asked).toEqual([])
})

test('G39 requests with a credential of their own, and session: false, need no `origins`', async () => {
  const { origin, asked } = await serve(sayHello)
  const agent = new Agent().compose(sessionInterceptor(await signedIn()))
  onTestFinished(() => agent.destroy())
  await ask(origin, { dispatcher: agent, session: false })
  await ask(origin, { dispatcher: agent, headers: { authorization: 'Bearer mine' } })
  expect(asked).toEqual(['/ nobody', '/ mine'])
})

const ofOneOrigin: Readonly<Record<string, (origin: string) => Dispatcher>> = {
  'a Client': (origin) => new Client(origin),
  'a Pool': (origin) => new Pool(origin),
}

test.each(Object.entries(ofOneOrigin))(
  'G39 %s sends the token to its own origin, where a request names none',
  async (_what, make) => {
    const { origin, asked } = await serve(turningAway(sayHello))
    const api = make(origin).compose(sessionInterceptor(await signedIn()))
    onTestFinished(() => api.destroy())
    const { body } = await api.request({ path: '/me', method: 'GET' })
    expect(await body.text()).toBe('hello')
    expect(asked).toEqual(['/me first', '/me second'])
  },
)

test.each(Object.entries(ofOneOrigin))(
  'G39 %s with `origins` rejects a request that names none: nothing tells whether it is among them',
  async (_what, make) => {
    const { origin, asked } = await serve(sayHello)
    const options = { origins: [origin] }
    const api = make(origin).compose(sessionInterceptor(await signedIn(), options))
    onTestFinished(() => api.destroy())
    const error = await errorOf(api.request({ path: '/', method: 'GET' }))
    expect(error).toMatchObject(unknown)
    expect(String(error)).toContain('names no origin')
    await api.request({ origin, path: '/', method: 'GET' })
    expect(asked).toEqual(['/ first'])
  },
)

test('G39 where undici tells the origin of a Client, as from version 8 on, that is what counts', async () => {
  const { origin, asked } = await serve(sayHello)
  const session = await signedIn()
  type Told = (dispatch: Dispatcher.Dispatch, home: string) => Dispatcher.Dispatch
  async function send(home: string, to: string, options?: UndiciSessionOptions): Promise<void> {
    const client = new Client(origin)
    onTestFinished(() => client.destroy())
    const interceptor = sessionInterceptor(session, options) as Told
    const handler = recording()
    interceptor(client.dispatch.bind(client), home)(
      { origin: to, path: '/', method: 'GET' },
      handler,
    )
    await handler.ended
    expect(handler.errors).toEqual([])
  }
  await send(origin, origin)
  await send(origin, 'http://elsewhere.example')
  await send(origin, origin, { origins: [origin] })
  await send('http://elsewhere.example', origin, { origins: [origin] })
  expect(asked).toEqual(['/ first', '/ nobody', '/ first', '/ nobody'])
})

test('G39 origins are compared as such, however they are written', async () => {
  const { origin, asked } = await serve(sayHello)
  const port = new URL(origin).port
  const { api } = await scene(origin, { options: { origins: [`HTTP://127.1:${port}/some/path`] } })
  for (const written of [origin, `${origin}/`, new URL(origin), `http://127.1:${port}`]) {
    await api.request({ origin: written, path: '/', method: 'GET' })
  }
  expect(asked).toEqual(['/ first', '/ first', '/ first', '/ first'])
})

test('G39 CONNECT is not ours: it speaks to a proxy', async () => {
  const seen: unknown[] = []
  const { origin } = await serve(sayHello)
  const { api } = await scene(origin, {
    inside: [
      (dispatch) => (options, handler) => {
        seen.push(options.headers ?? 'none')
        return dispatch(options, handler)
      },
    ],
  })
  await errorOf(api.connect({ origin, path: 'elsewhere.example:443' }))
  expect(seen).toEqual(['none'])
})

const wrong: Readonly<Record<string, [option: string, options: object]>> = {
  'a header that is none': ['header', { header: 'X Token' }],
  'a scheme that is none': ['scheme', { scheme: 'Bearer ' }],
  'an origin that is none': ['origins', { origins: ['example.com'] }],
  'an expired that is no function': ['expired', { expired: 401 }],
}

test.each(Object.entries(wrong))('%s is told at once', async (_what, [option, options]) => {
  const session = await signedIn()
  expect(() => sessionInterceptor(session, options)).toThrow(`sessionInterceptor: ${option}:`)
})

test('a session that is none is told at once', () => {
  for (const session of [undefined, null, {}, 'session'] as never[]) {
    expect(() => sessionInterceptor(session)).toThrow('sessionInterceptor: expected a session')
  }
})
