import { expect, test } from 'vitest'

import { jwtLifetime } from 'unexpired/jwt'

import { startSession } from './start-session.js'

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** A JSON Web Token with these claims; nobody looks at its signature. */
const jwt = (claims: unknown): string => `${encode({ alg: 'none' })}.${encode(claims)}.c2ln`

const lifetimeOf = (accessToken: string): number | undefined => jwtLifetime({ accessToken })

test.each<[string, object, number]>([
  ['whole seconds', { iat: 1_000, exp: 1_300 }, 300],
  ['with other claims, and letters of all kinds', { sub: 'Änne 🔑 ?>~', iat: 5, exp: 65 }, 60],
  ['in letters that base64 has in URLs alone', { sub: '~~~???>>>', iat: 5, exp: 65 }, 60],
  ['fractions', { iat: 0.5, exp: 1 }, 0.5],
  ['issued long ago by a clock that is wrong', { iat: -100, exp: 0 }, 100],
])(
  'a JWT lives from its issue to its expiry, whatever the time is now: %s',
  (_n, claims, seconds) => {
    expect(lifetimeOf(jwt(claims))).toBe(seconds)
  },
)

test('every length of payload is read, padded or not', () => {
  for (let length = 0; length < 12; length += 1) {
    expect(lifetimeOf(jwt({ pad: 'x'.repeat(length), iat: 0, exp: 60 }))).toBe(60)
  }
})

test.each([
  ['an opaque token', 'opaque'],
  ['an empty token', ''],
  ['dots', '..'],
  ['a reference with dots', 'v1.public.abc'],
  ['a payload that is not base64', 'a.%%%.c'],
  ['a payload that is not JSON', `a.${encode('not JSON')}.c`],
  ['a payload of null', jwt(null)],
  ['a payload that is a number', jwt(7)],
  ['no iat', jwt({ exp: 60 })],
  ['no exp', jwt({ iat: 60 })],
  ['claims in strings', jwt({ iat: '0', exp: '60' })],
  ['an issue in a string', jwt({ iat: '0', exp: 60 })],
  ['an expiry in a string', jwt({ iat: 0, exp: '60' })],
  ['an expiry before the issue', jwt({ iat: 60, exp: 0 })],
  ['an expiry at the issue', jwt({ iat: 60, exp: 60 })],
])('G37 the lifetime of %s is unknown', (_name, token) => {
  expect(lifetimeOf(token)).toBeUndefined()
})

test('a session uses it where no expiresIn comes, and where one comes, that', async () => {
  const { session } = startSession({ lifetime: jwtLifetime })
  const accessToken = jwt({ iat: 1_000, exp: 1_300 })
  await session.signIn({ accessToken })
  expect(session.getSnapshot().expiresInMs).toBe(300_000)
  await session.signIn({ accessToken, expiresIn: 60 })
  expect(session.getSnapshot().expiresInMs).toBe(60_000)
})
