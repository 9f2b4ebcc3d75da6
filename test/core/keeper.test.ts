import { describe, expect, test } from 'vitest'

import { memoryStore, RefreshUnavailableError, SessionError } from 'unexpired'
import type { StoredSession, TokenStore } from 'unexpired'

import { portOf } from '../../src/core/port.js'
import { observe } from './observed.js'
import { never, tokensOf } from './scripted-refresh.js'
import { eventsOf, signedIn, startSession } from './start-session.js'

const failing = (error: unknown): TokenStore => ({
  load: () => Promise.reject(error),
  replace: () => true,
})

describe('a store that cannot be read at first', () => {
  test.each([
    [
      'says why it is away',
      new RefreshUnavailableError('network', 0, 'away', new Error('ECONN')),
      'ECONN',
    ],
    [
      'is away',
      new RefreshUnavailableError('network', 0, 'away'),
      /the refresh is unavailable .+ away/,
    ],
    ['has another reason', new Error('outer', { cause: new Error('inner') }), 'outer'],
    ['gives none', undefined, 'no message'],
  ])('G31 is told of, where it %s', async (_how, error, message) => {
    const { session, clock } = startSession({ store: failing(error) })
    await clock.advance(0)
    expect(eventsOf(session, 'store-failed')).toMatchObject([
      { operation: 'load', message: expect.stringMatching(message) as string },
    ])
  })

  test.each([
    ['where it is away', new RefreshUnavailableError('network', 0, 'away'), 'restoring'],
    ['where it fails', new Error('broken'), 'signed-out'],
    ['where it fails as a session may', new SessionError('invalid-option', 'key'), 'signed-out'],
    ['where it fails for no reason', null, 'signed-out'],
  ])('G31 is waited for only %s', async (_how, error, status) => {
    const { session, clock } = startSession({ store: failing(error) })
    await clock.advance(0)
    expect(session.status).toBe(status)
  })

  test('makes a session busy until then', () => {
    const { session } = startSession({ store: { load: never, replace: () => true } })
    expect(portOf(session, 'a test').activity()).toBe('busy')
  })
})

const firstRecord = { version: 1, sessionId: 'ada', generation: 1, receivedAt: 0 } as const

test('a record of a cookie session is none of one with tokens, and is replaced', async () => {
  const store = memoryStore()
  const found: StoredSession = {
    version: 1,
    sessionId: 'cookie',
    generation: 3,
    receivedAt: 0,
    tokens: { accessToken: '' },
  }
  await store.replace(undefined, found)
  const { session } = startSession({ store })
  expect(session.status).toBe('signed-out')
  await session.signIn(tokensOf(1))
  expect(await store.load()).toMatchObject({ tokens: tokensOf(1) })
  expect(eventsOf(session, 'store-failed')).toEqual([])
})

test('G31 a store that always holds something else is tried eight times, and that is told', async () => {
  let writes = 0
  const { load } = memoryStore()
  const replace = () => {
    writes += 1
    return false
  }
  const { session, clock } = startSession({ store: { load, replace } })
  const begun = observe(session.signIn(tokensOf(1)))
  await clock.advance(0)
  expect(begun.state).toBe('fulfilled')
  expect(writes).toBe(8)
  expect(eventsOf(session, 'store-failed')).toMatchObject([
    { operation: 'replace', message: 'it always holds something else' },
  ])
})

test('G31 of two sign-ins on their way to a store that does not answer, the later serves from memory', async () => {
  const { load } = memoryStore()
  const { session, clock } = startSession({ store: { load, replace: never } })
  const first = observe(session.signIn({ accessToken: 'ada' }))
  const second = observe(session.signIn({ accessToken: 'bob' }))
  await clock.advance(5_000)
  expect(session.tokens).toEqual({ accessToken: 'bob' })
  expect(first.error).toMatchObject({ code: 'session-ended' })
  expect(second.state).toBe('fulfilled')
})

test('G31 who signs in on the news of a sign-in that could not be stored is stored at once', async () => {
  const { load, replace } = memoryStore()
  let fails = 1
  const store: TokenStore = {
    load,
    replace: (...swap) => (fails-- > 0 ? Promise.reject(new Error('full')) : replace(...swap)),
  }
  const { session, clock } = startSession({ store })
  const stop = session.on('signed-in', () => {
    stop()
    void session.signIn({ accessToken: 'bob' })
  })
  void observe(session.signIn({ accessToken: 'ada' }))
  await clock.advance(0)
  expect(await load()).toMatchObject({ tokens: { accessToken: 'bob' } })
})

describe('a session that is closed', () => {
  test('says where its store cannot be let go of', async () => {
    const { load, replace } = memoryStore()
    const watch = () => () => {
      throw new Error('stuck')
    }
    const { session } = await signedIn({ store: { load, replace, watch } })
    void session.close()
    expect(eventsOf(session, 'store-failed')).toMatchObject([
      { operation: 'watch', message: 'stuck' },
    ])
  })

  test('lets go of nothing where its store has nothing to watch', async () => {
    const { load, replace } = memoryStore()
    const { session } = await signedIn({ store: { load, replace } })
    void session.close()
    expect(eventsOf(session, 'store-failed')).toEqual([])
  })

  test('G23 signs out whom it finds, where it was signed out before it could read', async () => {
    const { load, replace } = memoryStore()
    await replace(undefined, { ...firstRecord, tokens: tokensOf(1) })
    let fails = 1
    const store: TokenStore = {
      load: () => (fails-- > 0 ? Promise.reject(new Error('busy')) : load()),
      replace,
    }
    const { session, clock } = startSession({ store })
    const left = observe(session.signOut())
    await clock.advance(0)
    expect(left.state).toBe('fulfilled')
    await session.close()
    expect(await load()).toMatchObject({ sessionId: 'ada', generation: 2 })
    expect((await load())?.tokens).toBeUndefined()
  })

  test('writes nothing of what it only assumed, before it has read', async () => {
    let writes = 0
    const replace = () => {
      writes += 1
      return true
    }
    const { session, clock } = startSession({
      credential: 'cookie',
      store: { load: never, replace },
    } as never)
    const closed = observe(session.close())
    await clock.advance(60_000)
    expect([closed.state, writes]).toEqual(['fulfilled', 0])
  })
})
