import ky from 'ky'
import type { Options } from 'ky'
import { ofetch } from 'ofetch'
import { createSession } from 'unexpired'
import type { RefreshRequest, TokenResponse } from 'unexpired'
import { describe, expect, onTestFinished, test } from 'vitest'
import wretch from 'wretch'

import { bearer } from '../../contract/protocols.js'
import { errorOf, outcome, start, whileTimeRuns } from '../../contract/stage.js'
import { setScene } from './scene.js'

type Refresh = (url: string, request: RefreshRequest) => Promise<TokenResponse>

/** As the examples have it: without a session, and with the signal passed on. */
const clients: Record<string, Refresh> = {
  ky: (url, { refreshToken, signal }) => ky.post(url, { json: { refreshToken }, signal }).json(),
  ofetch: (url, { refreshToken, signal }) =>
    ofetch(url, { method: 'POST', body: { refreshToken }, signal }),
  'fetch that throws its response': async (url, { refreshToken, signal }) => {
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ refreshToken })
    const answer = await fetch(url, { method: 'POST', headers, body, signal })
    if (!answer.ok) throw answer
    return answer.json() as Promise<TokenResponse>
  },
  wretch: (url, { refreshToken, signal }) =>
    wretch(url).options({ signal }).post({ refreshToken }).json(),
}

const answers = [
  [400, 'invalid_grant', 'session-ended'],
  [401, 'invalid_client', 'refresh-unavailable'],
  [401, undefined, 'session-ended'],
  [403, undefined, 'refresh-unavailable'],
] as const

describe.each(Object.keys(clients))('a refresh through %s', (name) => {
  async function signedIn() {
    const server = await start()
    const refresh = clients[name] as Refresh
    const session = createSession({
      refresh: (request) => refresh(`${server.url}/auth/refresh`, request),
    })
    onTestFinished(() => void session.close())
    await session.signIn(await bearer.signIn(server, 'ann'))
    return { server, session }
  }

  test('brings new tokens', async () => {
    const { session } = await signedIn()
    const before = session.tokens?.accessToken
    expect((await session.refresh()).accessToken).not.toBe(before)
  })

  test.each(answers)('G15 that is answered %i %s is: %s', async (status, error, code) => {
    const { server, session } = await signedIn()
    server.orders.failRefresh({ status, body: { ...(error && { error }), hint: 'x' } })
    expect(await errorOf(session.refresh())).toMatchObject({ code })
  })

  test('G7 that is answered with Retry-After is not tried again before', async () => {
    const { server, session } = await signedIn()
    server.orders.failRefresh({ status: 429, retryAfter: 100 })
    const { retryAfterMs } = (await errorOf(session.refresh())) as { retryAfterMs: number }
    expect(retryAfterMs).toBeGreaterThan(99_000)
    expect(server.counts.refreshes).toBe(1)
  })
})

describe('a refresh through the very client of the session, where that hands over Requests', () => {
  async function refreshThrough(more: Options) {
    let api = ky
    const scene = await setScene({
      session: { refreshTimeoutMs: 3_000 },
      refresh:
        ({ server }) =>
        ({ refreshToken, signal }) =>
          api
            .post(`${server.url}/auth/refresh`, { json: { refreshToken }, signal, ...more })
            .json(),
    })
    api = ky.create({ fetch: scene.sessionFetch, timeout: false, retry: 0 })
    scene.server.orders.expireNow()
    return whileTimeRuns(scene.clock, outcome(api.get(`${scene.origin}/api/a`).json()))
  }

  test('G10 is not known as such, and ends with the deadline of the refresh', async () => {
    const { error } = await refreshThrough({})
    expect(error).toMatchObject({ code: 'refresh-unavailable', reason: 'timeout' })
    expect((error as Error).message).toContain('session: false')
  })

  test('is known by session: false', async () => {
    const { value } = await refreshThrough({ session: false } as Options)
    expect(value).toMatchObject({ generation: 2 })
  })
})
