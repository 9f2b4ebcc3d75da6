import { describe, expect, test } from 'vitest'

import { InvalidTokenResponseError, isSessionError, memoryStore } from 'unexpired'
import type { TokenResponse } from 'unexpired'

import { observe } from './observed.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, signedIn, startSession } from './start-session.js'

const canary = 'canary-77b0'

const expectedObject = 'expected an object with accessToken or access_token, got one with'

const unfit: [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a string', canary],
  ['a number', 7],
  ['an array', [{ accessToken: canary }]],
  ['an empty object', {}],
  ['no access token', { refreshToken: canary }],
  ['an access token that is null', { accessToken: null, refreshToken: canary }],
  ['an access token that is empty', { access_token: '', refresh_token: canary }],
  ['an access token that is a number', { accessToken: 12_345 }],
  ['an access token that is an object', { accessToken: { token: canary } }],
  ['an axios response', { data: { accessToken: canary }, status: 200 }],
  ['a line feed', { accessToken: `${canary}\n` }],
  ['a header of its own', { accessToken: `${canary}\r\nX-Evil: 1` }],
  ['a null byte', { accessToken: `${canary}\0` }],
  ['a tab', { accessToken: `${canary}\tx` }],
  ['a space before', { accessToken: ` ${canary}` }],
  ['a space after', { accessToken: `${canary} ` }],
  ['nothing but spaces', { accessToken: '   ' }],
  ['an umlaut', { accessToken: `${canary}ä` }],
  ['an emoji', { accessToken: `${canary}🔑` }],
  ['a delete character', { accessToken: `${canary}\u007F` }],
  ['a refresh token that is a number', { accessToken: 'a', refreshToken: 7 }],
  ['a refresh token that is an object', { accessToken: 'a', refresh_token: { canary } }],
]

describe.each(unfit)('G41 unfit tokens: %s', (_name, given) => {
  const response = given as TokenResponse

  test('signIn() rejects, and nothing else happens', async () => {
    const store = memoryStore()
    const { session } = startSession({ store })
    const error: unknown = await session.signIn(response).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InvalidTokenResponseError)
    expect(isSessionError(error) && error.code).toBe('invalid-token-response')
    expect(String(error)).not.toContain(canary)
    expect(session.status).toBe('signed-out')
    expect(await store.load()).toBeUndefined()
    expect(session.explain()).toEqual([])
  })

  test('adopt() rejects, and the session goes on as it was', async () => {
    const { session } = await signedIn()
    await expect(session.adopt(response)).rejects.toThrow(InvalidTokenResponseError)
    expect(session.tokens).toEqual(tokensOf(1))
  })

  test('a refresh that brings them is unavailable, with that as its cause', async () => {
    const { session, clock } = await signedIn({
      refresh: scriptedRefresh(response, response, response),
    })
    const server = api(session)
    const sent = observe(server.send())
    await clock.advance(5_000)
    expect(sent.error).toMatchObject({ code: 'refresh-unavailable', reason: 'invalid-response' })
    const cause = isSessionError(sent.error) && sent.error.cause
    expect(cause).toBeInstanceOf(InvalidTokenResponseError)
    expect(`${String(sent.error)}${String(cause)}`).not.toContain(canary)
    expect(server.leases).toHaveLength(1)
    expect(session.tokens).toEqual(tokensOf(1))
  })
})

test.each([
  [
    'every visible ASCII character',
    Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at)).join(''),
  ],
  ['a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln'],
  ['a space within', 'two words'],
  ['a long one', 'x'.repeat(16_000)],
])('%s is fit for a header', async (_name, accessToken) => {
  const { session } = startSession()
  await session.signIn({ accessToken })
  expect(await session.getAccessToken()).toBe(accessToken)
})

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'expected { accessToken } or { access_token }, got undefined'],
  ['null', null, 'expected { accessToken } or { access_token }, got null'],
  ['a string', canary, 'expected { accessToken } or { access_token }, got string'],
  ['an array', [canary], 'expected { accessToken } or { access_token }, got object'],
  ['no field', {}, `${expectedObject} no known field`],
  ['another field', { data: canary }, `${expectedObject} data`],
  ['another field', { status: 200 }, `${expectedObject} status`],
  [
    'a response',
    { data: canary, status: 200 },
    `${expectedObject} data, status; return the \`data\` of this response`,
  ],
  [
    'many fields',
    Object.fromEntries('abcdefghij'.split('').map((name) => [name, 1])),
    `${expectedObject} a, b, c, d, e, f, g, h`,
  ],
  [
    'a line break',
    { accessToken: `${canary}\n` },
    'the access token has characters that no header can carry (RFC 9110 §5.5)',
  ],
  [
    'another refresh token',
    { accessToken: 'a', refreshToken: 7 },
    'the refresh token is not a string, but number',
  ],
])('a message says what came, and what was expected: %s', async (_name, given, said) => {
  const { session } = startSession()
  await expect(session.signIn(given as TokenResponse)).rejects.toMatchObject({
    message: `[unexpired] unfit tokens: ${said}`,
  })
})

test('a type and scopes that are no text are left out', async () => {
  const { session } = startSession()
  await session.signIn({ accessToken: 'a', tokenType: 7, scope: ['b'] } as unknown as TokenResponse)
  expect(session.tokens).toStrictEqual({ accessToken: 'a' })
})

test('a message names the fields that came, and no field that holds a token by mistake', async () => {
  const { session } = startSession()
  const named = { token: 'x', user: 'y' } as unknown as TokenResponse
  await expect(session.signIn(named)).rejects.toThrow(/got one with token, user/)
  const parsedForm = {
    [`access_token=${canary}&token_type=bearer`]: '',
  } as unknown as TokenResponse
  const error: unknown = await session.signIn(parsedForm).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(InvalidTokenResponseError)
  expect(String(error)).not.toContain(canary)
})
