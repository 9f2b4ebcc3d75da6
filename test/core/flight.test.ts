import { expect, test, vi } from 'vitest'

import { deferred, observe } from './observed.js'
import { axiosLikeError, jsonResponse, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, eventsOf, signedIn } from './start-session.js'

test('G1 requests, tokens for sockets and refresh() at once cause one refresh', async () => {
  const { session, clock, refresh } = await signedIn()
  await clock.advance(60_000)
  const server = api(session, 'access-2')
  const all = [
    ...Array.from({ length: 100 }, () => observe(server.send())),
    ...Array.from({ length: 100 }, () => observe(session.getAccessToken())),
    ...Array.from({ length: 100 }, () => observe(session.refresh())),
  ]
  await clock.advance(0)
  expect(all.map(({ state }) => state)).toEqual(Array.from({ length: 300 }, () => 'fulfilled'))
  expect(refresh.calls).toHaveLength(1)
  expect(server.leases).toHaveLength(100)
})

test('the refresh function is given the refresh token, all tokens, and a signal', async () => {
  const refresh = scriptedRefresh()
  const { session } = await signedIn({ refresh })
  await session.signIn({ ...tokensOf(1), id_token: 'id', scope: 'read' })
  await session.refresh()
  expect(refresh.calls[0]).toMatchObject({
    refreshToken: 'refresh-1',
    tokens: { ...tokensOf(1), scope: 'read', extra: { id_token: 'id' } },
  })
  expect(refresh.calls[0]?.signal).toBeInstanceOf(AbortSignal)
  expect(refresh.calls[0]?.signal.aborted).toBe(false)
})

test('each refresh is made with what the one before brought', async () => {
  const { session, refresh } = await signedIn()
  for (let round = 0; round < 3; round += 1) await session.refresh()
  const used = refresh.calls.map(({ refreshToken }) => refreshToken)
  expect(used).toEqual(['refresh-1', 'refresh-2', 'refresh-3'])
})

test('G33 an answer without a refresh token keeps the old one, and what else it leaves out', async () => {
  const refresh = scriptedRefresh(
    { accessToken: 'new' },
    { access_token: 'newer', refresh_token: 'r2' },
  )
  const { session } = await signedIn({ refresh })
  await session.signIn({ ...tokensOf(1), tokenType: 'DPoP', scope: 'read', user: 'ann' })
  await session.refresh()
  expect(session.tokens).toEqual({
    accessToken: 'new',
    refreshToken: 'refresh-1',
    tokenType: 'DPoP',
    scope: 'read',
    extra: { user: 'ann' },
  })
  await session.refresh()
  expect(session.tokens).toMatchObject({ accessToken: 'newer', refreshToken: 'r2' })
})

test.each([null, '', undefined])(
  'G33 a refresh token of %j keeps the old one',
  async (refreshToken) => {
    const { session } = await signedIn({
      refresh: scriptedRefresh({ accessToken: 'new', refreshToken }),
    })
    await session.refresh()
    expect(session.tokens?.refreshToken).toBe('refresh-1')
  },
)

test('G17 a lost answer is followed at once by the same refresh token', async () => {
  const lost = new TypeError('Failed to fetch')
  const { session, clock, refresh } = await signedIn({ refresh: scriptedRefresh(lost, lost) })
  const refreshed = observe(session.refresh())
  await clock.advance(100)
  expect(refresh.calls).toHaveLength(2)
  await clock.advance(400)
  expect(refreshed.value).toMatchObject({ accessToken: 'access-2' })
  expect(refresh.calls.map(({ refreshToken }) => refreshToken)).toEqual(
    Array.from({ length: 3 }, () => 'refresh-1'),
  )
  expect(eventsOf(session, 'refreshed')).toMatchObject([{ tries: 3 }])
})

test.each([
  ['a network error', new TypeError('Failed to fetch')],
  ['a 500', axiosLikeError(500, '')],
  ['a 503', axiosLikeError(503, '')],
  ['a 408', axiosLikeError(408, '')],
  ['nonsense', { ok: 'yes' }],
])('G9 %s is tried three times at most', async (_name, answer) => {
  const { session, clock, refresh } = await signedIn({
    refresh: scriptedRefresh(...Array.from({ length: 9 }, () => answer)),
  })
  const refreshed = observe(session.refresh())
  await clock.advance(20_000)
  expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable' })
  expect(refresh.calls).toHaveLength(3)
  expect(eventsOf(session, 'refresh-unavailable')).toMatchObject([{ tries: 3 }])
})

test.each([
  ['a 400', axiosLikeError(400, {})],
  ['a 404', axiosLikeError(404, 'Not Found')],
  ['a 403', axiosLikeError(403, '')],
  ['a 401 with invalid_client', axiosLikeError(401, { error: 'invalid_client' })],
  ['a 429', axiosLikeError(429, '')],
])('%s is not tried again at once', async (_name, answer) => {
  const { session, clock, refresh } = await signedIn({ refresh: scriptedRefresh(answer, answer) })
  const refreshed = observe(session.refresh())
  await clock.advance(20_000)
  expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable', reason: 'server' })
  expect(refresh.calls).toHaveLength(1)
})

test('the tries have jitter, so that a fleet does not come back as one', async () => {
  const pauses: number[] = []
  for (const dice of [0, 0.999_999]) {
    vi.spyOn(Math, 'random').mockReturnValue(dice)
    const { session, clock, refresh } = await signedIn({
      refresh: scriptedRefresh(new Error('net'), new Error('net')),
    })
    const refreshed = session.refresh()
    const start = clock.monotonic()
    while (refresh.calls.length < 3) await clock.advance(1)
    pauses.push(clock.monotonic() - start)
    await refreshed
  }
  expect(pauses[1]).toBeGreaterThan((pauses[0] ?? 0) * 1.5)
})

test('refresh() joins the refresh that is under way, and what it waits for may fail', async () => {
  const answer = deferred<object>()
  const { session, clock, refresh } = await signedIn({
    refresh: scriptedRefresh(() => answer.promise),
  })
  const [one, two] = [observe(session.refresh()), observe(session.refresh())]
  await clock.advance(10)
  expect(refresh.calls).toHaveLength(1)
  answer.resolve(jsonResponse(400, { error: 'invalid_grant' }))
  await clock.advance(0)
  expect([one.error, two.error]).toMatchObject([{ reason: 'refused' }, { reason: 'refused' }])
})

test('refresh() after another is a refresh of its own', async () => {
  const { session, refresh } = await signedIn()
  expect((await session.refresh()).accessToken).toBe('access-2')
  expect((await session.refresh()).accessToken).toBe('access-3')
  expect(refresh.calls).toHaveLength(2)
})

test('refresh() without a session rejects with SessionEndedError, and calls nothing', async () => {
  const { session, refresh } = await signedIn()
  await session.signOut()
  await expect(session.refresh()).rejects.toMatchObject({
    code: 'session-ended',
    reason: 'signed-out',
  })
  expect(refresh.calls).toHaveLength(0)
})

test('the status is refreshing while a refresh is under way, and no longer', async () => {
  const answer = deferred<object>()
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(() => answer.promise) })
  expect(session.status).toBe('active')
  const refreshed = session.refresh()
  expect(session.status).toBe('refreshing')
  await clock.advance(0)
  answer.resolve(tokensOf(2))
  await refreshed
  expect(session.status).toBe('active')
})
