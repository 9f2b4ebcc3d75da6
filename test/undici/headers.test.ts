import { Headers as UndiciHeaders } from 'undici'
import type { Dispatcher } from 'undici'
import { expect, test } from 'vitest'
import { createSession } from 'unexpired'
import { sessionInterceptor } from 'unexpired/undici'
import { recording } from './handler.js'
import { startAgent } from './request-client.js'
import { ask, sayHello, scene, serve, turningAway } from './scene.js'

type Given = NonNullable<Dispatcher.DispatchOptions['headers']>

/** Ways to write headers; each says the same. */
const forms: Readonly<Record<string, (more: readonly (readonly [string, string])[]) => Given>> = {
  'an object': (more) => ({ 'X-A': '1', 'X-List': ['2', '3'], ...Object.fromEntries(more) }),
  'an object without prototype': (more) =>
    Object.assign(Object.create(null) as Record<string, string | string[]>, {
      'X-A': '1',
      'X-List': ['2', '3'],
      ...Object.fromEntries(more),
    }),
  'names and values in turn': (more) =>
    ['X-A', '1', 'X-List', ['2', '3'], ...more.flat()] as unknown as string[],
  'a Map': (more) =>
    new Map<string, string | string[]>([['X-A', '1'], ['X-List', ['2', '3']], ...more]),
  'Headers of undici': (more) =>
    new UndiciHeaders([
      ['X-A', '1'],
      ['X-List', '2'],
      ['X-List', '3'],
      ...more.map(([name, value]): [string, string] => [name, value]),
    ]),
  'Headers of the platform': (more) =>
    new Headers([
      ['X-A', '1'],
      ['X-List', '2'],
      ['X-List', '3'],
      ...more.map(([name, value]): [string, string] => [name, value]),
    ]),
  'a generator': (more) =>
    (function* pairs(): Generator<[string, string | string[]]> {
      yield ['X-A', '1']
      yield ['X-List', ['2', '3']]
      for (const [name, value] of more) yield [name, value]
    })(),
}

const echo = () =>
  serve(
    turningAway((incoming, response) => {
      const { 'x-a': a, 'x-list': list, authorization, 'x-token': token } = incoming.headers
      response.end(JSON.stringify({ a, list, authorization, token }))
    }),
  )

test.each(Object.entries(forms))('headers as %s go out whole, twice', async (_form, make) => {
  const { origin, asked } = await echo()
  const { api } = await scene(origin)
  const { text } = await ask(origin, { dispatcher: api, headers: make([]) })
  expect(JSON.parse(text)).toEqual({ a: '1', list: '2, 3', authorization: 'Bearer second' })
  expect(asked).toEqual(['/ first', '/ second'])
})

test.each(Object.entries(forms))(
  "a caller's own credential wins in headers as %s, in whatever case",
  async (_form, make) => {
    const { origin, asked } = await echo()
    const { api, refreshes } = await scene(origin)
    for (const name of ['Authorization', 'authorization', 'AUTHORIZATION']) {
      const headers = make([[name, 'Bearer first']])
      expect(await ask(origin, { dispatcher: api, headers })).toMatchObject({ status: 401 })
    }
    expect(asked).toEqual(['/ first', '/ first', '/ first'])
    expect(refreshes()).toBe(0)
  },
)

test('a header that is undefined is not there, and one that is null is', async () => {
  const { origin, asked } = await serve(sayHello)
  const { api } = await scene(origin)
  await ask(origin, { dispatcher: api, headers: { authorization: undefined } })
  await ask(origin, { dispatcher: api, headers: ['authorization', undefined] as string[] })
  await ask(origin, { dispatcher: api, headers: { authorization: null as never } })
  const twice = { authorization: undefined, Authorization: 'Bearer mine' }
  await ask(origin, { dispatcher: api, headers: twice })
  await ask(origin, { dispatcher: api, headers: Object.entries(twice).flat() as string[] })
  expect(asked).toEqual(['/ first', '/ first', '/ ', '/ mine', '/ mine'])
})

test('a custom header takes the bare token, and the other header is the caller’s', async () => {
  const { origin } = await serve((incoming, response) => {
    const { authorization, 'x-token': token } = incoming.headers
    response.statusCode = token === 'second' ? 200 : 401
    response.end(JSON.stringify({ authorization, token }))
  })
  const { api } = await scene(origin, { options: { header: 'X-Token', scheme: '' } })
  const headers = { authorization: 'Basic abc' }
  const { text } = await ask(origin, { dispatcher: api, headers })
  expect(JSON.parse(text)).toEqual({ authorization: 'Basic abc', token: 'second' })
})

test('what the caller gave is not changed', async () => {
  const { origin } = await echo()
  const { api } = await scene(origin)
  const headers = Object.freeze({ 'X-A': '1', 'X-List': Object.freeze(['2', '3']) as string[] })
  const session = Object.freeze({ replay: true })
  const options = Object.freeze({ origin, path: '/', method: 'GET' as const, headers, session })
  const handler = recording()
  api.dispatch(options, handler)
  await handler.ended
  expect(handler.told).toContain('head 200 OK')
})

test('G26 what the caller changes while a request waits, or before it is sent again, changes nothing', async () => {
  const { origin, asked } = await echo()
  for (const isHeld of [false, true]) {
    const { api, expire, release } = await scene(origin, { hold: isHeld })
    if (isHeld) await expire()
    const url = new URL(origin)
    const headers: Record<string, string> = { 'X-A': 'mine' }
    const options = { origin: url, path: '/right', method: 'GET' as Dispatcher.HttpMethod, headers }
    const handler = recording()
    api.dispatch(options, handler)
    Object.assign(options, { path: '/wrong', method: 'DELETE' })
    url.host = 'elsewhere.example'
    headers['X-A'] = 'changed'
    release()
    await handler.ended
    expect(handler.told).toContainEqual(expect.stringContaining('"a":"mine"'))
  }
  expect(asked).toEqual(['/right first', '/right second', '/right second'])
})

test('G26 interceptors that change what they are given change it anew for each attempt', async () => {
  const { origin, asked } = await echo()
  const { api } = await scene(origin, {
    inside: [
      (dispatch) => (options, handler) => {
        options.path = `/v1${options.path}`
        ;(options.headers as Record<string, string>)['X-A'] = 'added'
        return dispatch(options, handler)
      },
    ],
  })
  const { text } = await ask(`${origin}/me`, { dispatcher: api, headers: {} })
  expect(JSON.parse(text)).toMatchObject({ a: 'added' })
  expect(asked).toEqual(['/v1/me first', '/v1/me second'])
})

test('the option `session` does not go on to others', async () => {
  const { origin } = await serve(sayHello)
  const seen: unknown[] = []
  const { api } = await scene(origin, {
    inside: [
      (dispatch) => (options, handler) => {
        seen.push('session' in options)
        return dispatch(options, handler)
      },
    ],
  })
  for (const session of [false, { replay: false }, {}] as const) {
    await ask(origin, { dispatcher: api, session })
  }
  await ask('http://localhost:1', { dispatcher: api, session: {} }).catch(() => undefined)
  expect(seen).toEqual([false, false, false, false])
})

test('a credential knows the method and URL of each attempt, with the query as it is sent', async () => {
  const proofs: unknown[] = []
  const { origin, asked } = await serve((incoming, response) => {
    proofs.push(incoming.headers['x-proof'])
    void turningAway(sayHello)(incoming, response)
  })
  const seen: string[] = []
  const session = createSession({
    refresh: () => Promise.resolve({ accessToken: 'second' }),
    credential({ method, url, headers }) {
      seen.push(`${method} ${url}`)
      return { ...headers, 'x-proof': `of ${seen.length}` }
    },
  })
  await session.signIn({ accessToken: 'first' })
  const api = startAgent().compose(sessionInterceptor(session, { origins: [origin] }))
  const query = { q: "a b&c=d*'()", list: ['1', 'ü'], n: 1, t: true, none: null, no: undefined }
  const handler = recording()
  const headers = { 'X-Proof': 'of the caller' }
  api.dispatch({ origin, path: '/me', method: 'POST', body: 'x', query, headers }, handler)
  await handler.ended
  const urls = asked.map((line) => `POST ${origin}${line.split(' ')[0]}`)
  expect(seen).toEqual(urls)
  // A header of the same name is replaced, and not sent beside it.
  expect(proofs).toEqual(['of 1', 'of 2'])
  expect(seen[0]).toContain('list=1&list=%C3%BC')
  session.close()
})
