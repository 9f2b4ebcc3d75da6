import { beforeEach, expect, test, vi } from 'vitest'

import type { Session, SessionEvents } from 'unexpired'

import { observe } from './observed.js'
import { jsonResponse, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, signedIn, startSession } from './start-session.js'

const shown = vi.fn()
beforeEach(() => {
  shown.mockClear()
  vi.spyOn(console, 'error').mockImplementation(shown)
})

const types: (keyof SessionEvents)[] = [
  'signed-in',
  'refresh-started',
  'refreshed',
  'adopted',
  'held',
  'released',
  'turned-away',
  'replayed',
  'signed-out',
]

const throws = (): never => {
  throw new Error('in a callback')
}

/** A whole life: sign-in, refresh after a 401, adoption, a second user, sign-out. */
async function live(session: Session): Promise<unknown[]> {
  const server = api(session, 'access-2')
  await session.signIn(tokensOf(1))
  const answers = await Promise.all([server.send(), server.send(), session.refresh()])
  await session.adopt(tokensOf(2))
  answers.push(await server.send())
  await session.signIn(tokensOf(3))
  await session.signOut()
  return [answers, session.status, session.tokens]
}

const rejects = (): Promise<never> => Promise.reject(new Error('in a callback'))

test.each<[string, () => void]>([
  ['throw', throws],
  ['reject', (): unknown => rejects()],
])('G13 listeners that %s break nothing, and are shown', async (_name, listener) => {
  const undisturbed = await live(startSession().session)
  const { session } = startSession({ onSignedOut: listener })
  for (const type of types) session.on(type, listener)
  session.subscribe(listener)
  expect(await live(session)).toEqual(undisturbed)
  expect(shown.mock.calls.length).toBeGreaterThan(10)
  expect(shown).toHaveBeenCalledWith(expect.stringContaining('unexpired'))
})

test('G13 a listener that throws keeps no other from being told', async () => {
  const { session } = await signedIn({ onSignedOut: throws })
  const told = vi.fn()
  session.on('signed-out', throws)
  session.on('signed-out', told)
  session.subscribe(throws)
  session.subscribe(told)
  await session.signOut()
  expect(told.mock.calls.length).toBeGreaterThanOrEqual(2)
})

test('G13 signing in again from within onSignedOut does not deadlock', async () => {
  const refusal = jsonResponse(400, { error: 'invalid_grant' })
  const again = vi.fn(() => session.signIn(tokensOf(9)))
  const { session, clock } = await signedIn({
    onSignedOut: () => void again(),
    refresh: scriptedRefresh(refusal),
  })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  expect(refreshed.error).toMatchObject({ reason: 'refused' })
  expect(again).toHaveBeenCalledOnce()
  expect(session.tokens).toEqual(tokensOf(9))
})

const calls: [string, (session: Session) => Promise<unknown>][] = [
  ['refresh()', (session) => session.refresh()],
  ['signIn()', (session) => session.signIn(tokensOf(9))],
  ['signOut()', (session) => session.signOut()],
  ['adopt()', (session) => session.adopt(tokensOf(9))],
  ['getAccessToken()', (session) => session.getAccessToken()],
  ['close()', (session) => Promise.resolve(session.close())],
]

test.each(calls)('G13 %s from within any listener, once, settles', async (_name, call) => {
  for (const type of types) {
    const { session, clock } = startSession()
    let called: { state: string } | undefined
    session.on(type, () => (called ??= observe(call(session))))
    const lived = observe(live(session))
    await clock.advance(60_000)
    expect(lived.state).not.toBe('pending')
    expect(called?.state).not.toBe('pending')
  }
})

test.each(calls)('G13 %s from within a subscriber, once, settles', async (_name, call) => {
  const { session, clock } = startSession()
  let called: { state: string } | undefined
  session.subscribe(() => (called ??= observe(call(session))))
  const lived = observe(live(session))
  await clock.advance(60_000)
  expect(lived.state).not.toBe('pending')
  expect(called?.state).not.toBe('pending')
})

test('G13 signOut() in the refresh function ends the session, and the refresh with it', async () => {
  const { session, clock } = startSession({
    refresh: scriptedRefresh(async () => {
      await session.signOut()
      return tokensOf(2)
    }),
  })
  await session.signIn(tokensOf(1))
  const refreshed = observe(session.refresh())
  await clock.advance(60_000)
  expect(refreshed.error).toMatchObject({ reason: 'signed-out' })
  expect(session.status).toBe('signed-out')
})

test('G13 refresh() in the refresh function joins it, and its deadline ends both', async () => {
  const { session, clock } = startSession({
    refreshTimeoutMs: 1_000,
    refresh: scriptedRefresh(
      () => session.refresh(),
      () => session.refresh(),
    ),
  })
  await session.signIn(tokensOf(1))
  const refreshed = observe(session.refresh())
  await clock.advance(3_000)
  expect(refreshed.state).not.toBe('pending')
})

test('a listener that listens to more from within is not told of the event that it is in', async () => {
  const { session } = await signedIn()
  const late = vi.fn()
  session.on('signed-out', () => void session.on('signed-out', late))
  await session.signOut()
  expect(late).not.toHaveBeenCalled()
})

test('events that listeners cause are told after the one that they listen to, to everybody', async () => {
  const { session } = await signedIn()
  const told: string[] = []
  session.on('signed-out', () => void session.signIn(tokensOf(2)))
  session.on('signed-out', () => told.push('signed-out'))
  session.on('signed-in', () => told.push('signed-in'))
  await session.signOut()
  await vi.waitFor(() => expect(told).toEqual(['signed-out', 'signed-in']))
})

test('a callback that throws when an attempt is judged makes the answer count as it is', async () => {
  const { session, refresh } = await signedIn()
  const sent = session.authorize(() => Promise.resolve({ status: 401 }), { expired: throws })
  expect(await sent).toEqual({ status: 401 })
  const again = session.authorize(() => Promise.resolve({ status: 401 }), { expired: rejects })
  expect(await again).toEqual({ status: 401 })
  expect(refresh.calls).toHaveLength(0)
  expect(shown).toHaveBeenCalledTimes(2)
})
