import { expect, test } from 'vitest'

import { memoryStore } from 'unexpired'
import type { SessionEvent, SessionEvents, TokenStore } from 'unexpired'

import { observe } from './observed.js'
import { jsonResponse, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, eventsOf, signedIn, startSession } from './start-session.js'
import type { Started } from './start-session.js'

const types: (keyof SessionEvents)[] = [
  'signed-in',
  'refresh-started',
  'refreshed',
  'adopted',
  'refresh-unavailable',
  'turn-missed',
  'store-failed',
  'store-degraded',
  'held',
  'released',
  'turned-away',
  'replayed',
  'expired',
  'closed',
  'signed-out',
]

/** All that listeners are told from now on. */
function listen({ session }: Started): SessionEvent[] {
  const told: SessionEvent[] = []
  for (const type of types) session.on(type, (event) => told.push(event))
  return told
}

test('a turned-away request tells its whole story, in order', async () => {
  const started = await signedIn()
  const told = listen(started)
  const { sessionId } = started.session.getSnapshot()
  await started.clock.advance(1_000)
  await api(started.session, 'access-2').send()
  await started.clock.advance(0)
  const at = started.clock.now()
  const old = { at, sessionId, generation: 1 }
  const now = { at, sessionId, generation: 2 }
  expect(told).toMatchObject([
    { type: 'turned-away', requestId: 1, attempt: 1, ...old },
    { type: 'refresh-started', trigger: 'turned-away', ...old },
    { type: 'held', requestId: 1, why: 'refreshing', ...old },
    { type: 'released', requestId: 1, outcome: 'sent', waitedMs: 0, ...now },
    { type: 'replayed', requestId: 1, ...now },
    { type: 'refreshed', tries: 1, durationMs: 0, ...now },
  ])
  expect(started.session.explain().slice(1)).toEqual(told)
})

test('a session tells of its beginning and its end', async () => {
  const started = startSession()
  const told = listen(started)
  await started.session.signIn(tokensOf(1))
  const { sessionId } = started.session.getSnapshot()
  await started.session.signOut()
  expect(told).toMatchObject([
    { type: 'signed-in', from: 'app', sessionId, generation: 1 },
    { type: 'signed-out', reason: 'signed-out', sessionId, generation: 1 },
  ])
})

test('one user after the other: the first one’s end is told before the other’s beginning', async () => {
  const started = await signedIn()
  const first = started.session.getSnapshot().sessionId
  const told = listen(started)
  await started.session.signIn(tokensOf(1))
  const second = started.session.getSnapshot().sessionId
  expect(told).toMatchObject([
    { type: 'signed-out', reason: 'replaced', sessionId: first },
    { type: 'signed-in', from: 'app', sessionId: second },
  ])
})

test('a sibling on the same store hears of it all, as from the store', async () => {
  const store = memoryStore()
  const here = await signedIn({ store })
  const there = startSession({ store, clock: here.clock })
  const told = listen(there)
  await here.session.refresh()
  await here.session.signIn(tokensOf(5))
  await here.session.signOut()
  await here.session.signIn(tokensOf(6))
  await here.clock.advance(0)
  expect(told).toMatchObject([
    { type: 'adopted', from: 'store', generation: 2 },
    { type: 'signed-out', reason: 'replaced', generation: 2 },
    { type: 'signed-in', from: 'store', generation: 1 },
    { type: 'signed-out', reason: 'signed-out' },
    { type: 'signed-in', from: 'store', generation: 1 },
  ])
})

test('a failed refresh tells why, how often it was tried, and when it will be again', async () => {
  const started = await signedIn({ refresh: scriptedRefresh(jsonResponse(400, {})) })
  const told = listen(started)
  await started.clock.advance(60_000)
  const asked = observe(started.session.getAccessToken())
  await started.clock.advance(0)
  expect(asked.state).toBe('rejected')
  expect(told).toMatchObject([
    { type: 'refresh-started', trigger: 'lifetime-over' },
    { type: 'held', why: 'refreshing' },
    {
      type: 'refresh-unavailable',
      reason: 'server',
      message: expect.stringContaining('400'),
      tries: 1,
      retryAfterMs: expect.any(Number),
    },
    { type: 'released', outcome: 'failed' },
  ])
})

test('a listener is told after the fact: state and waiting requests have gone on already', async () => {
  const { session } = await signedIn()
  const seen: unknown[] = []
  session.on('signed-out', () => seen.push(session.status, session.tokens))
  session.on('signed-in', () => seen.push(session.tokens?.accessToken))
  await session.signOut()
  await session.signIn(tokensOf(4))
  expect(seen).toEqual(['signed-out', undefined, 'access-4'])
})

test('a listener that is taken away hears no more, even of an event that is being told', async () => {
  const { session, clock } = await signedIn()
  const heard: string[] = []
  session.on('refreshed', () => takeAway())
  const takeAway = session.on('refreshed', () => heard.push('taken away'))
  session.on('refreshed', () => heard.push('stays'))
  await session.refresh()
  await session.refresh()
  await clock.advance(0)
  takeAway()
  expect(heard).toEqual(['stays', 'stays'])
})

test('one function that listens twice is told twice, and taken away once each', async () => {
  const { session, clock } = await signedIn()
  let told = 0
  const listener = (): number => (told += 1)
  const takeAway = session.on('refreshed', listener)
  session.on('refreshed', listener)
  await session.refresh()
  await clock.advance(0)
  expect(told).toBe(2)
  takeAway()
  takeAway()
  await session.refresh()
  await clock.advance(0)
  expect(told).toBe(3)
})

test('explain() keeps the last fifty events, and hands out copies', async () => {
  const { session } = await signedIn()
  for (let round = 0; round < 60; round += 1) await session.adopt(tokensOf(round))
  const events = session.explain()
  expect(events).toHaveLength(50)
  expect(events.at(-1)).toMatchObject({ type: 'adopted', from: 'app', generation: 61 })
  ;(events as SessionEvent[]).length = 0
  expect(session.explain()).toHaveLength(50)
})

test('an event that is changed by a listener is changed for nobody else', async () => {
  const { session } = await signedIn()
  session.on('adopted', (event) => {
    try {
      Object.assign(event, { from: 'nobody' })
    } catch {
      // Frozen is as good.
    }
  })
  const heard: string[] = []
  session.on('adopted', (event) => heard.push(event.from))
  await session.adopt(tokensOf(2))
  expect(heard).toEqual(['app'])
  expect(eventsOf(session, 'adopted')).toMatchObject([{ from: 'app' }])
})

test('a missed turn and a failing store are told, with what they said', async () => {
  const inner = memoryStore()
  const store: TokenStore = {
    ...inner,
    exclusive: () => Promise.reject(new Error('no lock to be had')),
    replace: () => Promise.reject(new Error('disk full')),
  }
  const started = startSession({ store })
  const told = listen(started)
  await started.session.signIn(tokensOf(1))
  await started.session.refresh()
  const failed = told.find(({ type }) => type === 'store-failed')
  expect(failed).toMatchObject({ operation: 'replace', message: 'disk full' })
  const missed = told.filter(({ type }) => type === 'turn-missed')
  expect(missed).toMatchObject([{ message: 'no lock to be had', waitedMs: 0 }])
})

test('what a store lacks is told once the app can listen, and never after the end', async () => {
  let say: ((missing: string, message: string) => void) | undefined
  const { load, replace } = memoryStore()
  const started = startSession({
    store: {
      load,
      replace,
      watch(_changed, degraded) {
        say = degraded
        degraded?.('indexed-db', 'no IndexedDB')
        return () => undefined
      },
    },
  })
  const told = listen(started)
  await started.clock.advance(0)
  expect(told).toMatchObject([
    { type: 'store-degraded', missing: 'indexed-db', message: 'no IndexedDB' },
  ])
  started.session.close()
  say?.('mirror', 'late')
  await started.clock.advance(0)
  expect(told.map(({ type }) => type)).toEqual(['store-degraded', 'closed'])
})
