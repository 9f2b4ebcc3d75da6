import { Agent, interceptors, request } from 'undici'
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

test.each(Object.keys(around))(
  'G24 with %s between, the next hop of a redirect is not sent as the next user',
  async (between) => {
    const seen: unknown[] = []
    let answer: (() => void) | undefined
    const server = await serve(({ url, headers }, response) => {
      seen.push(`${url} ${headers['authorization'] ?? 'nobody'}`)
      if (url !== '/a') response.end('ok')
      else answer = () => response.writeHead(302, { Location: '/b' }).end()
    })
    const session = createSession({ refresh: () => Promise.reject(new Error('no')) })
    onTestFinished(() => session.close())
    await session.signIn({ accessToken: 'ada' })
    const agent = new Agent()
    onTestFinished(() => agent.destroy())
    const dispatcher = agent.compose(
      sessionInterceptor(session, { origins: [server.url] }),
      ...(around[between] ?? []),
      interceptors.redirect({ maxRedirections: 3 }),
    )
    const call = errorOf(request(`${server.url}/a`, { dispatcher }))
    await until(() => answer !== undefined)
    await session.signOut()
    await session.signIn({ accessToken: 'grace' })
    answer?.()
    expect(await call).toMatchObject({ code: 'session-ended' })
    expect(seen).toEqual(['/a Bearer ada'])
  },
)
