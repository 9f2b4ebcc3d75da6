import { createSession } from 'unexpired'
import { interceptors, request } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { sessionInterceptor } from 'unexpired/undici'
import { startRecorder } from '../contract/recorder.js'
import { errorOf } from '../contract/stage.js'
import { maxRedirections, startAgent } from './request-client.js'
import { ask, credentialOf, sayHello, scene, serve } from './scene.js'

const redirect = interceptors.redirect({ maxRedirections })

/** Redirects `/to?…` there. */
const redirecting = () =>
  serve((incoming, response) => {
    const { url = '' } = incoming
    if (url.startsWith('/to?')) response.writeHead(307, { Location: url.slice(4) }).end()
    else if (credentialOf(incoming) === 'first') response.writeHead(401).end()
    else sayHello(incoming, response)
  })

test('each hop of a redirect that is composed after the session is signed, and sent again, for itself', async () => {
  const { origin, asked } = await redirecting()
  const { api, refreshes } = await scene(origin)
  expect(await ask(`${origin}/to?/me`, { dispatcher: api })).toMatchObject({ text: 'hello' })
  expect(asked).toEqual(['/to?/me first', '/me first', '/me second'])
  expect(refreshes()).toBe(1)
})

test('G39 a redirect that is composed before the session takes Authorization nowhere else', async () => {
  const elsewhere = await startRecorder()
  const { origin, asked } = await redirecting()
  const { api, refreshes } = await scene(origin, { inside: [redirect], around: [] })
  const answer = await ask(`${origin}/to?${elsewhere.url}/caught`, { dispatcher: api })
  expect(answer.status).toBe(401)
  expect(elsewhere.requests).toMatchObject([{ url: '/caught' }])
  expect(elsewhere.requests[0]?.headers).not.toHaveProperty('authorization')
  // It said 401, but it is not for it to say.
  expect(refreshes()).toBe(0)
  expect(asked).toHaveLength(1)
})

test('a 401 at home, after a redirect that is composed before the session, is sent again from the start', async () => {
  const { origin, asked } = await redirecting()
  const { api } = await scene(origin, { inside: [redirect], around: [] })
  expect(await ask(`${origin}/to?/me`, { dispatcher: api })).toMatchObject({ text: 'hello' })
  expect(asked).toEqual(['/to?/me first', '/me first', '/to?/me second', '/me second'])
})

test('G39 a redirect that is composed before the session is refused for a custom header', async () => {
  const elsewhere = await startRecorder()
  const { origin, asked } = await redirecting()
  const options = { header: 'X-Token', scheme: '' }
  const { api, session } = await scene(origin, { options, inside: [redirect], around: [] })
  const url = `${origin}/to?${elsewhere.url}/caught`
  const error = await errorOf(ask(url, { dispatcher: api, method: 'POST', body: 'x' }))
  expect(error).toMatchObject({ code: 'invalid-option' })
  expect(String(error)).toContain('compose interceptors.redirect() after sessionInterceptor')
  expect(elsewhere.requests).toEqual([])
  expect(asked).toEqual(['/to?' + elsewhere.url + '/caught first'])
  // Unsigned there is nothing to lose.
  await session.signOut()
  expect(await ask(url, { dispatcher: api })).toMatchObject({ status: 401 })
})

test('G24 the next hop of a redirect belongs to the session of the request', async () => {
  const session = createSession({ refresh: () => Promise.resolve({ accessToken: 'second' }) })
  onTestFinished(() => void session.close())
  await session.signIn({ accessToken: 'of-ann' })
  const { origin, asked } = await serve(async (incoming, response) => {
    if (incoming.url === '/') {
      await session.signIn({ accessToken: 'of-bob' })
      response.writeHead(307, { Location: '/next' }).end()
    } else sayHello(incoming, response)
  })
  const api = startAgent().compose(sessionInterceptor(session, { origins: [origin] }), redirect)
  const error = await errorOf(request(origin, { dispatcher: api }))
  expect(error).toMatchObject({ code: 'session-ended', reason: 'replaced' })
  expect(asked).toEqual(['/ of-ann'])
  expect(await ask(`${origin}/next`, { dispatcher: api })).toMatchObject({ text: 'hello' })
  expect(asked).toEqual(['/ of-ann', '/next of-bob'])
})

test('what is sent from within the end of an answer is a request of its own', async () => {
  const { origin, asked } = await serve(sayHello)
  const { api, session } = await scene(origin)
  await new Promise<void>((resolve, reject) => {
    api.dispatch(
      { origin, path: '/ann', method: 'GET' },
      {
        onResponseStart: () => void session.signIn({ accessToken: 'of-bob' }),
        onResponseData: () => undefined,
        onResponseEnd() {
          ask(`${origin}/bob`, { dispatcher: api }).then(() => resolve(), reject)
        },
        onResponseError: (_, error) => reject(error),
        onRequestStart: () => undefined,
      },
    )
  })
  expect(asked).toEqual(['/ann first', '/bob of-bob'])
})

test('the context of a request shows where it was redirected, also where it was held', async () => {
  const { origin } = await redirecting()
  for (const isHeld of [false, true]) {
    const { api, expire, release } = await scene(origin, {
      inside: [redirect],
      around: [],
      hold: true,
    })
    if (isHeld) await expire()
    const answer = request(`${origin}/to?/me`, { dispatcher: api })
    release()
    const { context } = await answer
    expect((context as { history: URL[] }).history.map(({ pathname }) => pathname)).toContain('/me')
  }
})
