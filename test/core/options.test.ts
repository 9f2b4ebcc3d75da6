import { expect, test } from 'vitest'

import { createSession, isSessionError, memoryStore, SessionError } from 'unexpired'
import type { SessionOptions, SessionOptionsBase } from 'unexpired'
import { fakeClock } from 'unexpired/testing'

const refresh = (): Promise<{ accessToken: string }> => Promise.resolve({ accessToken: 'a' })

/** What somebody without a type checker may pass. */
const create = (options: unknown): unknown => createSession(options as SessionOptions)

test.each<[string, unknown, RegExp]>([
  ['no options', undefined, /options: expected an object, got undefined/],
  ['null', null, /options: expected an object, got null/],
  ['a function', refresh, /options: expected an object, got function/],
  ['a string', 'x', /options: expected an object, got string/],
  ['no refresh', {}, /refresh: expected a function, got undefined/],
  ['a refresh that is a URL', { refresh: '/refresh' }, /refresh: expected a function, got string/],
  ['a refresh that is null', { refresh: null }, /refresh: expected a function, got null/],
  ['a store that is a string', { refresh, store: 'auth' }, /store: expected a TokenStore.*string/],
  ['a store that is a number', { refresh, store: 7 }, /store: expected a TokenStore.*got 7/],
  ['a store that is null', { refresh, store: null }, /store: expected a TokenStore.*got null/],
  ['a store that is false', { refresh, store: false }, /store: expected a TokenStore.*boolean/],
  [
    'a store that is empty',
    { refresh, store: {} },
    /store: expected a TokenStore.*load and replace/,
  ],
  ['a store that is a Map', { refresh, store: new Map() }, /store: expected a TokenStore/],
  ['half a store', { refresh, store: { load: refresh } }, /store: expected a TokenStore/],
  ['a store that is not made', { refresh, store: memoryStore }, /store: expected a TokenStore/],
  [
    'another credential',
    { refresh, credential: 'header' },
    /credential: expected 'token', 'cookie' or a function/,
  ],
  ['no credential', { refresh, credential: null }, /credential: expected 'token'.*got null/],
  [
    'refused that is no function',
    { refresh, refused: 401 },
    /refused: expected a function, got 401/,
  ],
  ['lifetime in seconds', { refresh, lifetime: 3600 }, /lifetime: expected a function, got 3600/],
  [
    'onSignedOut: true',
    { refresh, onSignedOut: true },
    /onSignedOut: expected a function.*boolean/,
  ],
  ['a clock that is Date', { refresh, clock: Date }, /clock: expected a Clock/],
  ['a clock that is a number', { refresh, clock: 5 }, /clock: expected a Clock.*got 5/],
  ['half a clock', { refresh, clock: { now: Date.now } }, /clock: expected a Clock/],
  ['-1', { refresh, refreshAheadMs: -1 }, /refreshAheadMs: expected .*milliseconds.*got -1/],
  ['NaN', { refresh, refreshAheadMs: Number.NaN }, /refreshAheadMs: expected .*got NaN/],
  ['a string', { refresh, refreshAheadMs: '60000' }, /refreshAheadMs: expected .*got string/],
  ['null', { refresh, refreshAheadMs: null }, /refreshAheadMs: expected .*got null/],
  ['Infinity', { refresh, refreshLeewayMs: Infinity }, /refreshLeewayMs: expected .*got Infinity/],
  ['-0.5', { refresh, refreshLeewayMs: -0.5 }, /refreshLeewayMs: expected .*got -0.5/],
  ['a bigint', { refresh, refreshLeewayMs: 5n }, /refreshLeewayMs: expected .*got bigint/],
  ['0', { refresh, refreshTimeoutMs: 0 }, /refreshTimeoutMs: expected a positive.*got 0/],
  ['-5', { refresh, refreshTimeoutMs: -5 }, /refreshTimeoutMs: expected a positive.*got -5/],
  [
    'Infinity',
    { refresh, refreshTimeoutMs: Infinity },
    /refreshTimeoutMs: expected .*got Infinity/,
  ],
])('%s: %o is an invalid option, and the message says what is wrong', (_name, options, message) => {
  let thrown: unknown
  try {
    create(options)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(SessionError)
  expect(isSessionError(thrown) && thrown.code).toBe('invalid-option')
  expect(String(thrown)).toMatch(message)
  expect(String(thrown)).toContain('[unexpired] createSession')
})

test.each<[string, SessionOptionsBase & { credential?: 'token' }]>([
  ['nothing but refresh', {}],
  ['all of them undefined', { store: undefined, clock: undefined, refreshAheadMs: undefined }],
  ['credential: token', { credential: 'token' }],
  ['no time ahead and no leeway', { refreshAheadMs: 0, refreshLeewayMs: 0 }],
  ['a millisecond', { refreshTimeoutMs: 1 }],
  ['a store and a clock', { store: memoryStore(), clock: fakeClock() }],
])('%s is fine', (_name, options) => {
  const session = createSession({ refresh, ...options })
  expect(session.status).toBe('signed-out')
  session.close()
})

test('the credential that is the default may be named', async () => {
  const session = createSession({ refresh, credential: 'token' })
  await session.signIn({ accessToken: 'a' })
  const headers = await session.authorize((_lease, given) => Promise.resolve(given))
  expect(headers).toEqual({ Authorization: 'Bearer a' })
  session.close()
})

test('no message echoes what was passed, other than numbers', () => {
  const secret = 'secret-canary'
  for (const name of ['store', 'credential', 'refused', 'lifetime', 'refreshAheadMs', 'clock']) {
    try {
      create({ refresh, [name]: secret })
      expect.unreachable()
    } catch (error) {
      expect(String(error)).not.toContain(secret)
    }
  }
})

test('wrong options make no session, and leave nothing behind', () => {
  const clock = fakeClock()
  expect(() => create({ refresh, clock, refreshTimeoutMs: 'x' })).toThrow(SessionError)
  expect(clock.pendingTimers).toBe(0)
})
