import { Agent, interceptors, Pool, request } from 'undici'
import type { Dispatcher } from 'undici'
import { createSession } from 'unexpired'
import { sessionInterceptor } from 'unexpired/undici'
import { expect, onTestFinished, test } from 'vitest'
import { errorOf, until } from '../contract/stage.js'
import { serve } from '../fetch/server.js'

const around: Readonly<Record<string, Dispatcher.DispatcherComposeInterceptor[]>> = {
  'nothing else': [],
  'retry()': [interceptors.retry()],
  'responseError()': [interceptors.responseError()],
  'dump()': [interceptors.dump()],
}

const redirect = interceptors.redirect({ maxRedirections: 3 })

const ended = { error: { code: 'session-ended' }, seen: ['/a Bearer ada'] }

/** Ada's request is answered with a redirect when Grace has signed in. */
async function world() {
  const seen: unknown[] = []
  let answer: (() => void) | undefined
  const server = await serve(({ url, headers }, response) => {
    seen.push(`${url} ${headers['authorization'] ?? 'nobody'}`)
    const Location = `http://${headers.host}/b`
    if (url !== '/a') response.end('ok')
    else answer = () => response.writeHead(302, { Location }).end()
  })
  const session = createSession({ refresh: () => Promise.reject(new Error('no')) })
  onTestFinished(() => void session.close())
  await session.signIn({ accessToken: 'ada' })
  async function fateOf(call: Promise<unknown>): Promise<unknown> {
    const failed = errorOf(call)
    await until(() => answer !== undefined)
    await session.signOut()
    await session.signIn({ accessToken: 'grace' })
    answer?.()
    return { error: await failed, seen }
  }
  return { url: server.url, session, fateOf }
}

test.each(Object.keys(around))(
  'G24 with %s between, the next hop of a redirect is not sent as the next user',
  async (between) => {
    const { url, session, fateOf } = await world()
    const agent = new Agent()
    onTestFinished(() => agent.destroy())
    const ours = sessionInterceptor(session, { origins: [url] })
    const dispatcher = agent.compose(ours, ...(around[between] ?? []), redirect)
    expect(await fateOf(request(`${url}/a`, { dispatcher }))).toMatchObject(ended)
  },
)

test('G24 nor is that of a Pool, whose requests name no origin', async () => {
  const { url, session, fateOf } = await world()
  const pool = new Pool(url)
  onTestFinished(() => pool.destroy())
  type Told = (dispatch: Dispatcher.Dispatch, home: string) => Dispatcher.Dispatch
  // As undici tells it from version 8 on.
  const ours = sessionInterceptor(session) as Told
  const dispatcher = pool.compose((dispatch) => ours(dispatch, url), redirect)
  const call = dispatcher.request({ path: '/a', method: 'GET' })
  expect(await fateOf(call)).toMatchObject(ended)
})
