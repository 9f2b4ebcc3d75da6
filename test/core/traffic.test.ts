import { describe, expect, test, vi } from 'vitest'

import { RefreshRefusedError } from 'unexpired'
import type { Session, SessionEvent } from 'unexpired'

import { portOf } from '../../src/core/port.js'
import { deferred } from './observed.js'
import { never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { signedInWith } from './signing.js'
import { api, signedIn, startSession } from './start-session.js'

/** What is told of requests from now on. */
function traffic(session: Session): SessionEvent[] {
  const told: SessionEvent[] = []
  for (const type of ['sent', 'settled', 'held', 'released', 'replayed'] as const) {
    session.on(type, (event) => told.push(event))
  }
  return told
}

const request = (method: string, url: string) => ({ request: { method, url } })

test('a request is told of when it is sent, and when its caller is about to have the answer', async () => {
  const { session, clock } = await signedIn()
  const told = traffic(session)
  const answer = deferred<{ status: number }>()
  const sent = session.authorize(() => answer.promise, request('GET', 'https://api.test/me'))
  const { sessionId } = session.getSnapshot()
  const base = { sessionId, generation: 1, requestId: 1, at: clock.now() }
  expect(told).toEqual([{ type: 'sent', ...base, attempt: 1, method: 'GET', path: '/me' }])
  await clock.advance(20)
  answer.resolve({ status: 204 })
  await sent
  expect(told.slice(1)).toEqual([
    { type: 'settled', ...base, at: clock.now(), outcome: 'answered' },
  ])
})

test('a replay is told of with its own generation, and the request is settled once', async () => {
  const { session } = await signedIn()
  const told = traffic(session)
  await api(session, 'access-2').send()
  expect(told).toMatchObject([
    { type: 'sent', requestId: 1, attempt: 1, generation: 1 },
    { type: 'held', requestId: 1 },
    { type: 'released', requestId: 1, outcome: 'sent' },
    { type: 'replayed', requestId: 1 },
    { type: 'sent', requestId: 1, attempt: 2, generation: 2 },
    { type: 'settled', requestId: 1, outcome: 'answered' },
  ])
})

test('one that fails is settled as failed, one that was aborted as aborted', async () => {
  const { session } = await signedIn()
  const told = traffic(session)
  await expect(session.authorize(() => Promise.reject(new Error('down')))).rejects.toThrow('down')
  const controller = new AbortController()
  const aborted = session.authorize(
    () => new Promise((_, reject) => controller.signal.addEventListener('abort', () => reject())),
    { signal: controller.signal },
  )
  controller.abort()
  await expect(aborted).rejects.toBeUndefined()
  expect(told.filter(({ type }) => type === 'settled')).toMatchObject([
    { requestId: 1, outcome: 'failed' },
    { requestId: 2, outcome: 'aborted' },
  ])
})

test('one that is aborted while it is held is settled, and was never sent', async () => {
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(never) })
  await clock.advance(60_000)
  const told = traffic(session)
  const controller = new AbortController()
  const held = session.authorize(never, { signal: controller.signal })
  controller.abort()
  await expect(held).rejects.toMatchObject({ name: 'AbortError' })
  expect(told.map(({ type }) => type)).toEqual(['held', 'released', 'settled'])
  expect(told.at(-1)).toMatchObject({ outcome: 'aborted' })
})

test('one that is held says what it is while somebody listens, and else not', async () => {
  const { session } = await signedIn({ refresh: scriptedRefresh(never) })
  session.expire()
  const send = () =>
    void session
      .authorize(never, request('GET', 'https://api.test/me?key=1'))
      .catch(() => undefined)
  send()
  const told = traffic(session)
  send()
  expect(told).toMatchObject([{ type: 'held', method: 'GET', path: '/me' }])
  const held = session.explain().filter(({ type }) => type === 'held')
  expect(held[0]).not.toHaveProperty('path')
  expect(held[1]).toHaveProperty('path', '/me')
})

test('a request without a token says so', async () => {
  const { session } = startSession()
  await session.ready
  const told = traffic(session)
  await session.authorize(() => Promise.resolve(1))
  expect(told).toMatchObject([
    { type: 'sent', sessionId: undefined, generation: 0, method: '', path: '' },
    { type: 'settled', outcome: 'answered' },
  ])
})

test('an access token that is asked for is not sent', async () => {
  const { session } = await signedIn()
  const told = traffic(session)
  await session.getAccessToken()
  expect(told.map(({ type }) => type)).toEqual(['settled'])
})

test('signed requests are told of once they are on their way, and not before', async () => {
  const signature = deferred<Record<string, string>>()
  const { session } = await signedInWith(() => signature.promise)
  const told = traffic(session)
  const sent = session.authorize(() => Promise.resolve(1))
  expect(told).toEqual([])
  signature.resolve({ 'X-Signature': 's' })
  await sent
  expect(told.map(({ type }) => type)).toEqual(['sent', 'settled'])
})

test('a refresh that is asked for is no request that is held', async () => {
  const { session } = await signedIn()
  const told = traffic(session)
  await session.refresh()
  expect(told).toEqual([])
})

test('explain() lists none of it', async () => {
  const { session } = await signedIn()
  traffic(session)
  await session.authorize(() => Promise.resolve(1))
  expect(session.explain().map(({ type }) => type)).toEqual(['signed-in'])
})

/** As clients send it: what the request is is read only when it is asked for. */
function sendThrough(session: Session, target: () => { method: string; url: string }) {
  const port = portOf(session, 'test')
  return port.authorize(port.claim(), {
    attempt: () => Promise.resolve(1),
    get request() {
      return target()
    },
  })
}

test('while nobody listens, requests have no number, and nothing is read of them', async () => {
  const { session } = await signedIn()
  const stop = session.on('sent', () => undefined)
  stop()
  const target = vi.fn(() => ({ method: 'GET', url: '/' }))
  await sendThrough(session, target)
  expect(target).not.toHaveBeenCalled()
  const told = traffic(session)
  await sendThrough(session, target)
  expect(told[0]).toMatchObject({ requestId: 1, method: 'GET' })
})

describe('G40 the path', () => {
  test.each([
    ['https://user:pass@api.test:8080/me?token=abc#x', '/me'],
    ['/orders/7?key=1', '/orders/7'],
    ['https://api.test', ''],
    ['https://api.test?key=1', ''],
    ['/reset/access-1/now', '/reset/[token]/now'],
    ['/invite/eyJhbGciOiJub25lIn0.eyJzdWIiOjF9.c2ln', '/invite/[token]'],
  ])('of %s is %j', async (url, path) => {
    const { session } = await signedIn()
    const told = traffic(session)
    await session.authorize(() => Promise.resolve(1), request('POST', url))
    expect(told[0]).toMatchObject({ type: 'sent', method: 'POST', path })
  })

  test('of a request that cannot be read is empty, and the request fares as it would', async () => {
    const { session } = await signedIn()
    const told = traffic(session)
    const broken = (): never => {
      throw new TypeError('Invalid URL')
    }
    expect(await sendThrough(session, broken)).toBe(1)
    expect(told[0]).toMatchObject({ type: 'sent', path: '' })
  })
})

test('a listener that signs out when a request is sent changes nothing for that request', async () => {
  const { session } = await signedIn()
  session.on('sent', () => void session.signOut())
  expect(await session.authorize(() => Promise.resolve({ status: 200 }))).toEqual({ status: 200 })
  await session.signIn(tokensOf(1))
})

describe('a request that was begun before anybody listened', () => {
  test('is told of from its sending on, and settled', async () => {
    const answer = deferred<object>()
    const { session } = await signedIn({ refresh: scriptedRefresh(() => answer.promise) })
    session.expire()
    const held = session.authorize(() => Promise.resolve({ status: 200 }))
    const told = traffic(session)
    answer.resolve(tokensOf(2))
    await held
    expect(told.map(({ type }) => type)).toEqual(['released', 'sent', 'settled'])
  })

  test('is told of from its replay on, and settled once', async () => {
    const answer = deferred<{ status: number }>()
    const { session } = await signedIn()
    let attempts = 0
    const sent = session.authorize(() =>
      (attempts += 1) > 1 ? Promise.resolve({ status: 200 }) : answer.promise,
    )
    const told = traffic(session)
    answer.resolve({ status: 401 })
    await sent
    expect(told.map(({ type }) => type)).toEqual([
      'held',
      'released',
      'replayed',
      'sent',
      'settled',
    ])
  })

  test('is not told of where it had been sent, and was answered', async () => {
    const answer = deferred<{ status: number }>()
    const { session } = await signedIn()
    const sent = session.authorize(() => answer.promise)
    const told = traffic(session)
    answer.resolve({ status: 200 })
    await sent
    expect(told).toEqual([])
  })
})

test('whatever a response says, it is an answer; the end of the session is none', async () => {
  const { session } = await signedIn({ refresh: scriptedRefresh(new RefreshRefusedError()) })
  const told = traffic(session)
  const notFound = Object.assign(new Error('404'), { response: { status: 404 } })
  await expect(session.authorize(() => Promise.reject(notFound))).rejects.toBe(notFound)
  await expect(api(session).send()).rejects.toMatchObject({ code: 'session-ended' })
  expect(told.filter(({ type }) => type === 'settled')).toMatchObject([
    { outcome: 'answered' },
    { outcome: 'failed' },
  ])
})
