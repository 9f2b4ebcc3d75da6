import { inspect } from 'node:util'

import { expect, test, vi } from 'vitest'

import { isSessionError } from 'unexpired'
import type { Credential, CredentialHeaders } from 'unexpired'

import { observe } from './observed.js'
import { tokensOf } from './scripted-refresh.js'
import { signedInWith, turns, unhandled } from './signing.js'

/** What a program without a type checker may return. */
const returning =
  (value: unknown): Credential =>
  () =>
    value as CredentialHeaders

const failing: [string, Credential][] = [
  [
    'throws',
    () => {
      throw new Error('no key')
    },
  ],
  ['rejects', () => Promise.reject(new TypeError('no key'))],
  [
    'throws what is no error',
    () => {
      throw 'no key'
    },
  ],
  ['rejects with nothing', () => Promise.reject()],
  ['returns undefined', returning(undefined)],
  ['returns null', returning(null)],
  ['returns a string', returning('Bearer x')],
  ['returns a number', returning(7)],
  ['returns a function', returning(() => ({}))],
  ['resolves to undefined', returning(Promise.resolve())],
  ['returns a number as a value', returning({ 'X-Count': 7 })],
  ['returns undefined as a value', returning({ Authorization: undefined })],
  ['returns an object as a value', returning({ 'X-Proof': {} })],
  ['returns a list as a value', returning({ 'X-Proof': ['a'] })],
  ['returns pairs', returning([['X-Proof', 'a']])],
  ['returns a list of strings', returning(['X-Proof', 'a'])],
  // These have no fields of their own: taken as they are, the request would go without anything.
  ['returns Headers', returning(new Headers({ 'X-Proof': 'a' }))],
  ['returns a Map', returning(new Map([['X-Proof', 'a']]))],
  ['returns a Response', returning(new Response('{}'))],
  ['returns an Error', returning(new Error('no key'))],
  ['returns a Date', returning(new Date(0))],
  // What no header can carry; platforms would show it in the message of their own error.
  ['returns a value with a line break', returning({ 'X-Proof': 'a\r\nX-Other: b' })],
  ['returns a value that is not ASCII', returning({ 'X-Proof': 'a…' })],
  ['returns a name that is none', returning({ 'X Proof': 'a' })],
  ['returns an empty name', returning({ '': 'a' })],
]

test.each(failing)('a credential that %s fails its request, and sends nothing', async (_, fail) => {
  const { session } = await signedInWith(fail)
  const attempt = vi.fn<() => Promise<{ status: number }>>()
  const error: unknown = await session.authorize(attempt).catch((thrown: unknown) => thrown)
  expect(isSessionError(error) && error.code).toBe('credential-failed')
  expect(attempt).not.toHaveBeenCalled()
  // It says nothing about the session.
  expect(session.status).toBe('active')
  expect(session.tokens).toEqual(tokensOf(1))
})

test('what is thrown can be seen by who looks for the cause', async () => {
  const refused = Object.assign(new Error('the key store is locked'), { code: 'ELOCKED' })
  const { session } = await signedInWith(() => Promise.reject(refused))
  await expect(session.authorize(() => Promise.resolve(1))).rejects.toMatchObject({
    code: 'credential-failed',
    message: expect.stringContaining('credential') as string,
    cause: { message: 'the key store is locked', code: 'ELOCKED' },
  })
})

/** It does not look like one. */
const secret = 'canary-of-ann'
const leaking: [string, Credential][] = [
  [
    'its message',
    ({ headers, url }) => {
      throw new Error(`cannot sign ${JSON.stringify(headers)} for ${url}`)
    },
  ],
  [
    'its name',
    ({ accessToken }) => Promise.reject(Object.assign(new Error(), { name: accessToken })),
  ],
  [
    'its code',
    ({ accessToken }) => Promise.reject(Object.assign(new Error(), { code: accessToken })),
  ],
  [
    'a field of it',
    ({ accessToken }) => Promise.reject(Object.assign(new Error('x'), { input: { accessToken } })),
  ],
  [
    'its cause',
    ({ accessToken }) => Promise.reject(new Error('x', { cause: new Error(accessToken) })),
  ],
  [
    'a string',
    ({ accessToken }) => {
      throw accessToken
    },
  ],
  ['what it returns', ({ accessToken }) => accessToken as unknown as CredentialHeaders],
  ['a header name', ({ accessToken }) => ({ [`X ${accessToken}`]: 'x' })],
  ['a header value', ({ accessToken }) => ({ 'X-Proof': `${accessToken}\n` })],
]

test.each(leaking)('G40 an error shows no token that was in %s', async (_, leak) => {
  const { session } = await signedInWith(leak)
  await session.signIn({ accessToken: secret })
  const error: unknown = await session
    .authorize(() => Promise.resolve(1), { request: { method: 'GET', url: `/?t=${secret}` } })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'credential-failed' })
  const { stack } = error as Error
  const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), stack]
  expect(shown.join('\n')).not.toContain(secret)
  expect(JSON.stringify(session.explain())).not.toContain(secret)
})

test('one that fails for a replay fails the request; the tokens are refreshed all the same', async () => {
  const { session, refresh } = await signedInWith(({ headers, accessToken }) => {
    if (accessToken !== 'access-1') throw new Error('no key')
    return headers
  })
  let attempts = 0
  const sent = session.authorize(() => Promise.resolve({ status: 401, n: (attempts += 1) }))
  await expect(sent).rejects.toMatchObject({ code: 'credential-failed' })
  expect([attempts, refresh.calls.length]).toEqual([1, 1])
  expect(session.tokens).toEqual(tokensOf(2))
})

test('one that fails for one request leaves the others alone, held ones too', async () => {
  const { session, clock } = await signedInWith(({ headers, url }) => {
    if (url === '/bad') throw new Error('no key')
    return headers
  })
  const send = (url: string) =>
    observe(session.authorize(() => Promise.resolve(url), { request: { method: 'GET', url } }))
  await clock.advance(60_000)
  const [before, bad, after] = [send('/a'), send('/bad'), send('/b')]
  await clock.advance(0)
  expect(bad.error).toMatchObject({ code: 'credential-failed' })
  expect([before.value, after.value]).toEqual(['/a', '/b'])
})

test('G9 a request whose target cannot be read fails, held or not, and leaves the others alone', async () => {
  const { session, clock } = await signedInWith(({ headers }) => headers)
  const send = (url: () => string) =>
    session.authorize(() => Promise.resolve('sent'), {
      request: {
        method: 'GET',
        get url() {
          return url()
        },
      },
    })
  const unreadable = (): never => {
    throw new RangeError('no such parameter')
  }
  await expect((async () => send(unreadable))()).rejects.toThrow('no such parameter')
  await clock.advance(60_000)
  const bad = observe(send(unreadable))
  const after = observe(send(() => '/b'))
  await clock.advance(0)
  expect([bad.state, after.value]).toEqual(['rejected', 'sent'])
})

test('G14 failing leaves no rejection unhandled, nor a timer', async () => {
  const seen = unhandled()
  for (const [, fail] of failing) {
    const { session, clock } = await signedInWith(fail)
    const all = [1, 2, 3].map(() => observe(session.authorize(() => Promise.resolve(1))))
    await turns()
    expect(all.map(({ state }) => state)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(clock.pendingTimers).toBe(0)
  }
  expect(seen).toEqual([])
})

test.each<[string, unknown]>([
  ['null', null],
  ['another object', new Headers()],
  ['another object', ['X-Proof', 'a']],
  ['string', 'Bearer x'],
  ['undefined', undefined],
])('what came in place of headers is named by its kind: %s', async (kind, value) => {
  const { session } = await signedInWith(returning(value))
  await expect(session.authorize(() => Promise.resolve(1))).rejects.toThrow(
    `[unexpired] createSession: credential: expected an object of header names and values, visible ASCII, got ${kind}`,
  )
})

test('a value may be empty', async () => {
  const { session } = await signedInWith(returning({ 'X-Proof': '' }))
  const sent = session.authorize((_lease, headers) => Promise.resolve(headers))
  expect(await sent).toEqual({ 'X-Proof': '' })
})
