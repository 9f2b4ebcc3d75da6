import { expect, onTestFinished, test, vi } from 'vitest'

import { createSession, keyValueStore, memoryStore } from 'unexpired'
import type { CookieResponse, Lease, SessionOptionsBase } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import type { FakeClock } from 'unexpired/testing'

import { observe } from './observed.js'
import { jsonResponse, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import type { Answer } from './scripted-refresh.js'
import { eventsOf, startSession } from './start-session.js'

function cookieSession(
  options: SessionOptionsBase & { clock?: FakeClock } = {},
  ...script: Answer[]
) {
  const { clock = fakeClock(), ...rest } = options
  const refresh = scriptedRefresh(...script)
  const session = createSession({
    ...rest,
    clock,
    credential: 'cookie',
    refresh: (request) => refresh(request) as Promise<CookieResponse>,
  })
  onTestFinished(() => void session.close())
  const leases: Lease[] = []
  const send = (...statuses: number[]): Promise<{ status: number }> =>
    session.authorize((lease) => {
      leases.push(lease)
      return Promise.resolve({ status: statuses.shift() ?? 200 })
    })
  return { session, clock, refresh, leases, send }
}

test('a cookie session counts as active from the start', async () => {
  const { session, leases, send } = cookieSession()
  expect(session.status).toBe('active')
  expect(await send()).toEqual({ status: 200 })
  expect(leases).toMatchObject([{ generation: 1, accessToken: undefined, tokenType: undefined }])
  expect(leases[0]?.sessionId).toEqual(expect.any(String))
})

test.each<[string, Answer]>([
  ['nothing', undefined],
  ['null', null],
  ['a lifetime', { expiresIn: 60 }],
  ['a 204', () => new Response(null, { status: 204 })],
  ['a 200 with JSON', () => jsonResponse(200, { ok: true })],
  ['a 200 with text', () => new Response('done')],
])('a 401 refreshes once, and is replayed: the refresh returns %s', async (_name, answer) => {
  const { session, refresh, leases, send } = cookieSession({}, answer)
  expect(await Promise.all([send(401), send(401), send(401)])).toEqual(
    Array.from({ length: 3 }, () => ({ status: 200 })),
  )
  expect(refresh.calls).toHaveLength(1)
  expect(leases.map(({ generation }) => generation).sort((a, b) => a - b)).toEqual([
    1, 1, 1, 2, 2, 2,
  ])
  expect(session.getSnapshot()).toMatchObject({ status: 'active', generation: 2 })
})

test('what is stored of it is that it is there', async () => {
  const store = memoryStore()
  const { session, send } = cookieSession({ store }, 'no object')
  await session.signIn()
  expect((await store.load())?.tokens).toStrictEqual({ accessToken: '' })
  await send(401)
  expect((await store.load())?.tokens).toStrictEqual({ accessToken: '' })
})

test('G2 a late 401 of the older cookie is replayed at once, and refreshes nothing', async () => {
  const { refresh, session, send } = cookieSession()
  let turnAway = (): void => undefined
  const slow = session.authorize((lease) =>
    lease.generation > 1
      ? Promise.resolve({ status: 200 })
      : new Promise<{ status: number }>((answer) => {
          turnAway = () => answer({ status: 401 })
        }),
  )
  await send(401)
  turnAway()
  expect(await slow).toEqual({ status: 200 })
  expect(refresh.calls).toHaveLength(1)
})

test('signIn takes nothing, or a lifetime that is kept', async () => {
  const { session, clock, refresh, send } = cookieSession({}, { expiresIn: 30 })
  await session.signIn()
  expect(session.getSnapshot()).toMatchObject({ generation: 1, expiresInMs: undefined })
  await session.signIn({ expiresIn: 60 })
  expect(session.getSnapshot()).toMatchObject({ generation: 1, expiresInMs: 60_000 })
  await clock.advance(60_000)
  const sent = observe(send())
  await clock.advance(0)
  expect(sent.value).toEqual({ status: 200 })
  expect(refresh.calls).toHaveLength(1)
  expect(session.getSnapshot()).toMatchObject({ generation: 2, expiresInMs: 30_000 })
})

test('refused, it is signed out until a signIn; requests go without a session', async () => {
  const onSignedOut = vi.fn()
  const { session, refresh, leases, send } = cookieSession({ onSignedOut }, jsonResponse(401, {}))
  await expect(send(401)).rejects.toMatchObject({ reason: 'refused' })
  expect(session.status).toBe('signed-out')
  expect(onSignedOut).toHaveBeenCalledOnce()
  expect(await send(401)).toEqual({ status: 401 })
  expect(leases.at(-1)).toMatchObject({ sessionId: undefined })
  expect(refresh.calls).toHaveLength(1)
  await session.signIn()
  expect(await send(401)).toEqual({ status: 200 })
  expect(refresh.calls).toHaveLength(2)
})

test('signed out, it stays so for the next page on the store', async () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  const first = cookieSession({ store: keyValueStore(storage, 'session') })
  await first.session.signOut()
  const next = cookieSession({ store: keyValueStore({ ...storage }, 'session') })
  expect(next.session.status).toBe('signed-out')
  await next.session.signIn()
  const last = cookieSession({ store: keyValueStore({ ...storage }, 'session') })
  expect(last.session.status).toBe('active')
})

test.each([1, 2])(
  'G23 signed out before the store was read, it is so for all, also after %i refreshes',
  async (times) => {
    const store = memoryStore()
    const { session } = cookieSession({ store })
    for (let count = 0; count < times; count += 1) await session.refresh()
    const slow = { ...store, load: async () => store.load() }
    await cookieSession({ store: slow }).session.signOut()
    expect(await store.load()).toMatchObject({ generation: times + 2, tokens: undefined })
  },
)

test('G1 two that begin at once on one store share the session, and the refresh', async () => {
  const store = memoryStore()
  const [one, two] = [cookieSession({ store }), cookieSession({ store })]
  await one.clock.advance(0)
  expect(one.session.getSnapshot().sessionId).toBe(two.session.getSnapshot().sessionId)
  expect(await Promise.all([one.send(401), two.send(401)])).toHaveLength(2)
  expect(one.refresh.calls.length + two.refresh.calls.length).toBe(1)
})

test('while an async store is read it is restoring, and a request waits for that', async () => {
  const clock = fakeClock()
  const inner = memoryStore()
  const load = () =>
    new Promise<undefined>((done) => void clock.setTimeout(() => done(undefined), 50))
  const { session, send } = cookieSession({ clock, store: { ...inner, load } })
  expect(session.status).toBe('restoring')
  const sent = observe(send())
  await clock.advance(49)
  expect(sent.state).toBe('pending')
  await clock.advance(51)
  expect(sent.value).toEqual({ status: 200 })
})

test('it has nothing to show: no tokens on the session, in the store, or to the refresh', async () => {
  const store = memoryStore()
  const { session, refresh, send } = cookieSession(
    { store },
    { ...tokensOf(7), access_token: 'access-7' },
  )
  await send(401)
  expect(session.tokens).toBeUndefined()
  expect(refresh.calls[0]?.tokens.accessToken).toBe('')
  expect(JSON.stringify(await store.load())).not.toMatch(/access-7|refresh-7/)
})

test('refresh() resolves to tokens that are empty, and rejects as any other does', async () => {
  const answers = [tokensOf(7), jsonResponse(400, {})]
  const { session, clock } = cookieSession({}, ...answers)
  expect(await session.refresh()).toEqual({ accessToken: '', expiresIn: 60 })
  await expect(session.refresh()).rejects.toMatchObject({ code: 'refresh-unavailable' })
  await session.signOut()
  await expect(session.refresh()).rejects.toMatchObject({ reason: 'signed-out' })
  expect(clock.pendingTimers).toBe(0)
})

test('G18 one that was only assumed ends silently when somebody signs in', async () => {
  const onSignedOut = vi.fn()
  const { session } = cookieSession({ onSignedOut })
  await session.signIn()
  expect(onSignedOut).not.toHaveBeenCalled()
  await session.signIn()
  expect(onSignedOut).toHaveBeenCalledOnce()
})

test.each([true, false])(
  'G18 signed out while restoring, it is told once: found in the store %j',
  async (isFound) => {
    const clock = fakeClock()
    const inner = memoryStore()
    if (isFound) {
      const one = cookieSession({ clock, store: inner })
      await clock.advance(0)
      one.session.close()
    }
    const load = (): Promise<Awaited<ReturnType<typeof inner.load>>> =>
      new Promise((done) => void clock.setTimeout(() => done(inner.load()), 50))
    const onSignedOut = vi.fn()
    const { session } = cookieSession({ clock, onSignedOut, store: { ...inner, load } })
    const signingOut = observe(session.signOut())
    await clock.advance(1_000)
    expect(signingOut.state).toBe('fulfilled')
    expect(session.status).toBe('signed-out')
    expect(onSignedOut).toHaveBeenCalledOnce()
    expect(await inner.load()).toMatchObject({ tokens: undefined })
  },
)

test('a record that a cookie session left is none for a token session', async () => {
  const store = memoryStore()
  const { session, clock } = cookieSession({ store })
  await clock.advance(0)
  expect(session.status).toBe('active')
  const other = startSession({ store, clock })
  expect(other.session.status).toBe('signed-out')
  expect(await other.session.getAccessToken()).toBeUndefined()
})

test('a record with tokens that a token session left is no cookie of theirs', async () => {
  const store = memoryStore()
  const clock = fakeClock()
  await store.replace(undefined, {
    version: 1,
    sessionId: 'a',
    generation: 1,
    receivedAt: clock.now(),
    tokens: { accessToken: 'secret' },
  })
  const { leases, send, session } = cookieSession({ store, clock })
  await send()
  expect(leases[0]?.accessToken).toBeUndefined()
  expect(eventsOf(session, 'store-failed')).toEqual([])
})
