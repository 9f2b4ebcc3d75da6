import { expect, test, vi } from 'vitest'

import { isSessionError, memoryStore, RefreshRefusedError, SessionEndedError } from 'unexpired'

import { observe } from './observed.js'
import { axiosLikeError, jsonResponse, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, eventsOf, signedIn } from './start-session.js'

const refusal = (): Response => jsonResponse(400, { error: 'invalid_grant' })

test('G18 onSignedOut is called once, with the reason and a cause without secrets', async () => {
  const onSignedOut = vi.fn()
  const { session, clock } = await signedIn({ onSignedOut, refresh: scriptedRefresh(refusal) })
  const { sessionId } = session.getSnapshot()
  const waiting = Array.from({ length: 20 }, () => observe(session.refresh()))
  await clock.advance(0)
  expect(waiting.every(({ error }) => error instanceof SessionEndedError)).toBe(true)
  expect(onSignedOut).toHaveBeenCalledOnce()
  expect(onSignedOut).toHaveBeenCalledWith(
    expect.objectContaining({ type: 'signed-out', reason: 'refused', sessionId, generation: 1 }),
  )
  expect(eventsOf(session, 'signed-out')).toMatchObject([
    { reason: 'refused', cause: { status: 400 } },
  ])
  await session.signOut()
  expect(onSignedOut).toHaveBeenCalledOnce()
})

test('G19 what waits when the session is refused rejects with the answer that turned it away', async () => {
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(refusal) })
  const server = api(session)
  const [turnedAway, asked] = [observe(server.send()), observe(session.refresh())]
  await clock.advance(0)
  expect(turnedAway.error).toMatchObject({ code: 'session-ended', reason: 'refused' })
  const response = turnedAway.error instanceof SessionEndedError && turnedAway.error.response
  expect(response).toEqual({ status: 401, by: 'access-1' })
  expect(asked.error).toMatchObject({ reason: 'refused', response: undefined })
})

test('after a refusal requests go without a token, and nothing refreshes any more', async () => {
  const { session, refresh } = await signedIn({ refresh: scriptedRefresh(refusal) })
  await expect(session.refresh()).rejects.toThrow(SessionEndedError)
  expect(session.tokens).toBeUndefined()
  expect(session.status).toBe('signed-out')
  expect(await api(session).send()).toEqual({ status: 401, by: undefined })
  expect(refresh.calls).toHaveLength(1)
})

test('a refusal is stored: a new session on the store is signed out', async () => {
  const store = memoryStore()
  const { session } = await signedIn({ store, refresh: scriptedRefresh(refusal) })
  await expect(session.refresh()).rejects.toThrow(SessionEndedError)
  expect(await store.load()).toMatchObject({ generation: 2, tokens: undefined })
})

test('G16 a refusal while another holder has newer tokens is no end: they are adopted', async () => {
  const store = memoryStore()
  const onSignedOut = vi.fn()
  const { session, clock } = await signedIn({
    store: { load: store.load, replace: store.replace },
    onSignedOut,
    refresh: scriptedRefresh(async () => {
      // Somebody in another process was faster, and this refresh token is spent.
      const stored = await store.load()
      if (stored) {
        await store.replace(stored, { ...stored, generation: 2, tokens: tokensOf(2) })
      }
      return refusal()
    }),
  })
  await clock.advance(10_000)
  const server = api(session, 'access-2')
  const sent = observe(server.send())
  await clock.advance(0)
  expect(sent.value).toEqual({ status: 200, by: 'access-2' })
  expect(session.status).toBe('active')
  expect(onSignedOut).not.toHaveBeenCalled()
  expect(eventsOf(session, 'adopted')).toMatchObject([{ from: 'store', generation: 2 }])
})

test('G16 a refusal while another holder signed out ends with that', async () => {
  const store = memoryStore()
  const onSignedOut = vi.fn()
  const { session } = await signedIn({
    store: { load: store.load, replace: store.replace },
    onSignedOut,
    refresh: scriptedRefresh(async () => {
      const stored = await store.load()
      if (stored) await store.replace(stored, { ...stored, generation: 2, tokens: undefined })
      return refusal()
    }),
  })
  await expect(session.refresh()).rejects.toMatchObject({ reason: 'signed-out' })
  expect(onSignedOut).toHaveBeenCalledOnce()
})

test.each([
  ['throws RefreshRefusedError', new RefreshRefusedError('code 1235')],
  ['throws an error of its own that refused() knows', Object.assign(new Error('x'), { code: 77 })],
])('G15 an app that %s ends the session', async (_name, thrown) => {
  const refused = vi.fn((error: unknown) => (error as { code?: unknown }).code === 77)
  const { session } = await signedIn({ refused, refresh: scriptedRefresh(thrown) })
  await expect(session.refresh()).rejects.toMatchObject({ reason: 'refused' })
})

test('G15 refused() overrules the default, to either side', async () => {
  const never = await signedIn({ refused: () => false, refresh: scriptedRefresh(refusal) })
  await expect(never.session.refresh()).rejects.toMatchObject({ code: 'refresh-unavailable' })
  expect(never.session.status).toBe('active')

  const always = await signedIn({
    refused: (error) => (error as { status?: number }).status === 418,
    refresh: scriptedRefresh(jsonResponse(418, {})),
  })
  await expect(always.session.refresh()).rejects.toMatchObject({ reason: 'refused' })
})

test('refused() sees status, headers and parsed data of a Response', async () => {
  const refused = vi.fn(() => false)
  const answer = jsonResponse(400, { error: 'x', code: 9 }, { 'X-Why': 'because' })
  const { session } = await signedIn({ refused, refresh: scriptedRefresh(answer) })
  await expect(session.refresh()).rejects.toMatchObject({ code: 'refresh-unavailable' })
  const [seen] = refused.mock.calls.at(0) as unknown as [{ headers: Headers }]
  expect(seen).toMatchObject({ status: 400, data: { error: 'x', code: 9 } })
  expect(seen.headers.get('x-why')).toBe('because')
})

test('G13 G15 a refused() that throws, or answers with a promise, ends no session', async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  const throwing = (): never => {
    throw new Error('in refused')
  }
  const promising = (async () => true) as unknown as () => boolean
  for (const refused of [throwing, promising]) {
    const { session, clock } = await signedIn({
      refused,
      refresh: scriptedRefresh(new Error('net'), new Error('net'), new Error('net')),
    })
    const refreshed = observe(session.refresh())
    await clock.advance(5_000)
    expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable' })
    expect(session.status).toBe('active')
  }
})

test('G15 a server that fails ends no session, whatever it says beside that', async () => {
  const broken = axiosLikeError(500, { error: 'invalid_grant' })
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(broken, broken, broken) })
  const refreshed = observe(session.refresh())
  await clock.advance(1_000)
  expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable', reason: 'server' })
  expect(session.status).toBe('active')
})

test.each([400, 403, 404, 410, 422])(
  'G15 where a %d was taken for unavailable, error and event say how to declare it refused',
  async (status) => {
    const { session } = await signedIn({ refresh: scriptedRefresh(axiosLikeError(status, {})) })
    const error: unknown = await session.refresh().catch((reason: unknown) => reason)
    expect(isSessionError(error) && error.message).toMatch(/RefreshRefusedError.*`refused`/)
    const [event] = eventsOf(session, 'refresh-unavailable')
    expect(event).toMatchObject({ message: expect.stringMatching(/RefreshRefusedError/) })
  },
)

test('G19 what waits when the refresh is unavailable rejects, and the session lives', async () => {
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(jsonResponse(400, {})) })
  await clock.advance(60_000)
  const waiting = Array.from({ length: 5 }, () => observe(session.getAccessToken()))
  await clock.advance(0)
  for (const { error } of waiting) expect(error).toMatchObject({ code: 'refresh-unavailable' })
  expect(session.tokens).toEqual(tokensOf(1))
  expect(eventsOf(session, 'signed-out')).toEqual([])
})
