import { expect, test, vi } from 'vitest'

import { memoryStore } from 'unexpired'

import { deferred } from './observed.js'
import { jsonResponse, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { signedIn, startSession } from './start-session.js'

test('a snapshot is the same object until something changes, as UI frameworks want it', async () => {
  const { session, clock } = await signedIn()
  const before = session.getSnapshot()
  await clock.advance(10_000)
  await session.getAccessToken()
  expect(session.getSnapshot()).toBe(before)
  await session.refresh()
  await clock.advance(0)
  const after = session.getSnapshot()
  expect(after).not.toBe(before)
  expect(session.getSnapshot()).toBe(after)
})

test('whoever subscribes sees every status pass by', async () => {
  const answer = deferred<object>()
  const refresh = scriptedRefresh(
    () => answer.promise,
    jsonResponse(400, { error: 'invalid_grant' }),
  )
  const { session, clock } = startSession({ refresh })
  const statuses: string[] = [session.getSnapshot().status]
  session.subscribe(() => {
    const { status } = session.getSnapshot()
    if (status !== statuses.at(-1)) statuses.push(status)
  })
  await session.signIn(tokensOf(1))
  const refreshed = session.refresh()
  await clock.advance(0)
  answer.resolve(tokensOf(2))
  await refreshed
  await clock.advance(0)
  await session.refresh().catch(() => undefined)
  await clock.advance(0)
  expect(statuses).toEqual([
    'signed-out',
    'active',
    'refreshing',
    'active',
    'refreshing',
    'signed-out',
  ])
})

test('no change goes by without a call', async () => {
  const store = memoryStore()
  const { session, clock } = startSession({ store })
  const sibling = startSession({ store, clock })
  let last = session.getSnapshot()
  const seen = vi.fn(() => (last = session.getSnapshot()))
  session.subscribe(seen)
  const steps: (() => unknown)[] = [
    () => session.signIn(tokensOf(1)),
    () => session.refresh(),
    () => session.adopt(tokensOf(9)),
    () => sibling.session.refresh(),
    () => sibling.session.signOut(),
    () => sibling.session.signIn(tokensOf(2)),
    () => session.signOut(),
    () => session.signIn(tokensOf(3)),
    () => void session.close(),
  ]
  for (const step of steps) {
    seen.mockClear()
    await step()
    await clock.advance(0)
    expect(seen).toHaveBeenCalled()
    expect(session.getSnapshot()).toBe(last)
  }
})

test('nobody is called where nothing has changed', async () => {
  let look: (() => void) | undefined
  const inner = memoryStore()
  const watch = (changed: () => void) => {
    look = changed
    return () => undefined
  }
  const { session, clock } = await signedIn({ store: { ...inner, watch } })
  const seen = vi.fn()
  session.subscribe(seen)
  look?.()
  await clock.advance(0)
  await session.getAccessToken()
  expect(seen).not.toHaveBeenCalled()
})

test('whoever unsubscribed is not called', async () => {
  const { session } = await signedIn()
  const seen = vi.fn()
  const unsubscribe = session.subscribe(seen)
  unsubscribe()
  unsubscribe()
  await session.signOut()
  expect(seen).not.toHaveBeenCalled()
})

test('the methods need no `this`: they can be handed to a framework as they are', async () => {
  const { session } = startSession()
  const { signIn, signOut, subscribe, getSnapshot, getAccessToken, refresh, adopt, on } = session
  const seen = vi.fn()
  subscribe(seen)
  on('signed-in', seen)
  await signIn(tokensOf(1))
  await adopt(tokensOf(2))
  expect(await refresh()).toMatchObject({ accessToken: 'access-2' })
  expect(await getAccessToken()).toBe('access-2')
  expect(getSnapshot()).toMatchObject({ status: 'active', generation: 3 })
  await signOut()
  expect(seen).toHaveBeenCalled()
})

test('before the first sign-in a snapshot says so', () => {
  expect(startSession().session.getSnapshot()).toEqual({
    status: 'signed-out',
    sessionId: undefined,
    generation: 0,
    expiresInMs: undefined,
  })
})

test('a snapshot cannot be changed', async () => {
  const { session } = await signedIn()
  expect(Object.isFrozen(session.getSnapshot())).toBe(true)
})
