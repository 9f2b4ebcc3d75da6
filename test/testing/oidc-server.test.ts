import { expect, onTestFinished, test, vi } from 'vitest'

import { startOidcServer } from '../support/oidc-server.js'
import type { OidcServer, OidcServerOptions, OidcTokens } from '../support/oidc-server.js'
import { json, postForm } from './calls.js'

async function start(options?: OidcServerOptions): Promise<OidcServer> {
  const server = await startOidcServer(options)
  onTestFinished(() => server.close())
  return server
}

const refresh = (server: OidcServer, refreshToken: string): Promise<Response> =>
  postForm(server.tokenEndpoint, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: server.clientId,
    client_secret: server.clientSecret,
  })

const whoAmI = (server: OidcServer, { access_token }: OidcTokens): Promise<Response> =>
  fetch(server.userinfoEndpoint, { headers: { Authorization: `Bearer ${access_token}` } })

test('a real authorization server signs in, refreshes and rotates', async () => {
  const server = await start()
  const first = await server.signIn('ann')
  expect(first).toMatchObject({ token_type: 'Bearer', expires_in: 60 })
  expect(await json(whoAmI(server, first))).toEqual({ sub: 'ann' })

  const second = await json<OidcTokens>(refresh(server, first.refresh_token))
  expect(second.refresh_token).not.toBe(first.refresh_token)
  expect((await whoAmI(server, second)).status).toBe(200)
})

test('there too, a spent refresh token costs the whole family its life', async () => {
  const server = await start()
  const first = await server.signIn('ann')
  const other = await server.signIn('bob')
  const second = await json<OidcTokens>(refresh(server, first.refresh_token))

  const reused = await refresh(server, first.refresh_token)
  expect(reused.status).toBe(400)
  expect(await json(reused)).toMatchObject({ error: 'invalid_grant' })
  expect((await whoAmI(server, second)).status).toBe(401)
  expect((await refresh(server, second.refresh_token)).status).toBe(400)
  expect((await whoAmI(server, other)).status).toBe(200)
})

test('there too, a token dies when its lifetime is over', async () => {
  // The provider runs in this process, so its Date can be moved.
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const server = await start({ accessTokenLifetime: 2 })
  const tokens = await server.signIn('ann')
  vi.setSystemTime(Date.now() + 2000)
  const answer = await whoAmI(server, tokens)
  expect(answer.status).toBe(401)
  expect(answer.headers.get('WWW-Authenticate')).toContain('invalid_token')
  expect((await refresh(server, tokens.refresh_token)).status).toBe(200)
})
