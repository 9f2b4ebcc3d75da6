import { expect, onTestFinished, test, vi } from 'vitest'

import { createSession, SessionEndedError } from 'unexpired'
import type { RefreshRequest, Session } from 'unexpired'

import { startOidcServer } from '../support/oidc-server.js'
import type { OidcServer, OidcServerOptions, OidcTokens } from '../support/oidc-server.js'

async function start(options?: OidcServerOptions): Promise<OidcServer> {
  const server = await startOidcServer(options)
  onTestFinished(() => server.close())
  return server
}

/** RFC 6749 §6, as apps write it. */
const postRefresh = (
  server: OidcServer,
  refreshToken: string | undefined,
  signal?: AbortSignal,
): Promise<Response> =>
  fetch(server.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken ?? '',
      client_id: server.clientId,
      client_secret: server.clientSecret,
    }),
    ...(signal ? { signal } : {}),
  })

/** A session whose refresh function hands over the server's Response as it came. */
async function signedIn(server: OidcServer, user = 'ann') {
  const refresh = vi.fn(({ refreshToken, signal }: RefreshRequest) =>
    postRefresh(server, refreshToken, signal),
  )
  const onSignedOut = vi.fn()
  const turnedAway = vi.fn()
  const session = createSession({ refresh, onSignedOut })
  onTestFinished(() => void session.close())
  session.on('turned-away', turnedAway)
  await session.signIn(await server.signIn(user))
  return { session, refresh, onSignedOut, turnedAway }
}

/** A request to a protected resource. */
const whoAmI = (server: OidcServer, session: Session): Promise<Response> =>
  session.authorize(({ accessToken }) =>
    fetch(server.userinfoEndpoint, { headers: { Authorization: `Bearer ${accessToken ?? ''}` } }),
  )

/** The provider runs in this process, so its Date can be moved; it counts in whole seconds. */
function movableDate() {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  return { pass: (seconds: number) => void vi.setSystemTime(Date.now() + seconds * 1_000) }
}

test('a real authorization server’s tokens serve, and are refreshed and rotated', async () => {
  const server = await start()
  const { session, refresh } = await signedIn(server)
  expect(await (await whoAmI(server, session)).json()).toEqual({ sub: 'ann' })
  const before = session.tokens
  expect(before).toMatchObject({ tokenType: 'Bearer', expiresIn: 60 })
  const after = await session.refresh()
  expect(after.accessToken).not.toBe(before?.accessToken)
  expect(after.refreshToken).not.toBe(before?.refreshToken)
  expect(after).toMatchObject({ expiresIn: 60, extra: { id_token: expect.any(String) } })
  expect(await (await whoAmI(server, session)).json()).toEqual({ sub: 'ann' })
  expect(refresh).toHaveBeenCalledOnce()
})

test('G1 a herd of requests after the lifetime is over causes one refresh, and all are answered', async () => {
  const date = movableDate()
  const server = await start({ accessTokenLifetime: 2 })
  const { session, refresh, onSignedOut, turnedAway } = await signedIn(server)
  for (let round = 1; round <= 3; round += 1) {
    date.pass(2)
    const answers = await Promise.all(Array.from({ length: 20 }, () => whoAmI(server, session)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(refresh).toHaveBeenCalledTimes(round)
  }
  expect(onSignedOut).not.toHaveBeenCalled()
  expect(turnedAway).not.toHaveBeenCalled()
})

test('G1 a herd that is turned away, where no lifetime was announced, is refreshed once', async () => {
  const date = movableDate()
  const server = await start({ accessTokenLifetime: 2 })
  const { session, refresh, turnedAway } = await signedIn(server)
  const { expires_in: _unsaid, ...unsaid } = await server.signIn('ann')
  await session.signIn(unsaid)
  date.pass(2)
  const answers = await Promise.all(Array.from({ length: 20 }, () => whoAmI(server, session)))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(refresh).toHaveBeenCalledOnce()
  expect(turnedAway).toHaveBeenCalledTimes(20)
})

test('a naive client that refreshes for each 401 loses the whole family, which we keep', async () => {
  const server = await start()
  const naive = await server.signIn('ann')
  const answers = await Promise.all(
    Array.from({ length: 3 }, () => postRefresh(server, naive.refresh_token)),
  )
  const statuses = answers.map(({ status }) => status).sort((a, b) => a - b)
  expect(statuses).toEqual([200, 400, 400])
  const winner = answers.find(({ ok }) => ok)
  if (!winner) expect.unreachable()
  const { refresh_token: rotated } = (await winner.json()) as OidcTokens
  expect((await postRefresh(server, rotated)).status).toBe(400)

  const { session } = await signedIn(server)
  await Promise.all(Array.from({ length: 3 }, () => session.refresh()))
  await Promise.all(Array.from({ length: 3 }, () => session.refresh()))
  expect((await whoAmI(server, session)).status).toBe(200)
})

test('G18 G19 a refusal signs out once, and all that waits is told', async () => {
  const server = await start()
  const { session, refresh, onSignedOut } = await signedIn(server)
  // Somebody who stole the refresh token uses it, and uses it again: the family is revoked.
  const stolen = session.tokens?.refreshToken
  await postRefresh(server, stolen)
  await postRefresh(server, stolen)
  const requests = await Promise.allSettled(
    Array.from({ length: 10 }, () => whoAmI(server, session)),
  )
  for (const request of requests) {
    expect(request.status).toBe('rejected')
    const reason: unknown = request.status === 'rejected' && request.reason
    expect(reason).toBeInstanceOf(SessionEndedError)
    expect(reason).toMatchObject({ reason: 'refused', response: { status: 401 } })
  }
  expect(refresh).toHaveBeenCalledOnce()
  expect(onSignedOut).toHaveBeenCalledOnce()
  expect(onSignedOut.mock.calls[0]?.[0]).toMatchObject({
    reason: 'refused',
    cause: { status: 400 },
  })
  expect(session.status).toBe('signed-out')
})

test('G15 a wrong client secret is no refusal: the session lives, and the error says what to do', async () => {
  const server = await start()
  const { session, onSignedOut } = await signedIn(server)
  const { sessionId } = session.getSnapshot()
  const tokens = session.tokens
  const wrong = createSession({
    refresh: ({ refreshToken }) => postRefresh({ ...server, clientSecret: 'wrong' }, refreshToken),
    onSignedOut,
  })
  onTestFinished(() => wrong.close())
  await wrong.signIn({ ...tokens, accessToken: tokens?.accessToken ?? '' })
  await expect(wrong.refresh()).rejects.toMatchObject({
    code: 'refresh-unavailable',
    reason: 'server',
    message: expect.stringContaining('invalid_client'),
  })
  expect(wrong.status).toBe('active')
  expect(onSignedOut).not.toHaveBeenCalled()
  // Nothing was spent by it.
  await session.refresh()
  expect(session.getSnapshot()).toMatchObject({ sessionId, generation: 2 })
})

test('G24 two users on one server keep to their own tokens', async () => {
  const server = await start()
  const [ann, bob] = [await signedIn(server, 'ann'), await signedIn(server, 'bob')]
  await Promise.all([ann.session.refresh(), bob.session.refresh()])
  const answers = await Promise.all([ann, bob].map(({ session }) => whoAmI(server, session)))
  expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
    { sub: 'ann' },
    { sub: 'bob' },
  ])
})
