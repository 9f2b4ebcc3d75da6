import { expect, onTestFinished, test } from 'vitest'

import { createSession } from 'unexpired'
import type { CredentialHeaders, HeaderOptions, Lease } from 'unexpired'

import { createTokenHeaders } from '../../src/core/credential.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { signedIn, startSession } from './start-session.js'

/** An attempt that is turned away as often as is said, and what headers each was given. */
function recording(...statuses: number[]) {
  const given: CredentialHeaders[] = []
  const attempt = (_lease: Lease, headers: CredentialHeaders): Promise<{ status: number }> => {
    given.push(headers)
    return Promise.resolve({ status: statuses.shift() ?? 200 })
  }
  return { attempt, given }
}

test('an attempt is given the token as a Bearer token', async () => {
  const { session } = await signedIn()
  const { attempt, given } = recording()
  await session.authorize(attempt)
  expect(given).toEqual([{ Authorization: 'Bearer access-1' }])
})

test.each<[HeaderOptions, CredentialHeaders]>([
  [{ header: 'X-Token' }, { 'X-Token': 'Bearer access-1' }],
  [{ scheme: 'Token' }, { Authorization: 'Token access-1' }],
  [{ scheme: '' }, { Authorization: 'access-1' }],
  [{ header: 'x-token', scheme: '' }, { 'x-token': 'access-1' }],
  [{ header: undefined, scheme: undefined }, { Authorization: 'Bearer access-1' }],
])('%o makes it %o', async (how, headers) => {
  const { session } = await signedIn()
  const { attempt, given } = recording()
  await session.authorize(attempt, how)
  expect(given).toEqual([headers])
})

test('clients that share a session have each their own header and scheme', async () => {
  const { session } = await signedIn()
  const { attempt, given } = recording()
  await session.authorize(attempt, { header: 'X-Token', scheme: 'Token' })
  await session.authorize(attempt, { header: 'X-Other', scheme: 'Token' })
  await session.authorize(attempt, { header: 'X-Other', scheme: '' })
  await session.authorize(attempt)
  expect(given).toEqual([
    { 'X-Token': 'Token access-1' },
    { 'X-Other': 'Token access-1' },
    { 'X-Other': 'access-1' },
    { Authorization: 'Bearer access-1' },
  ])
})

test('headers are made once for the requests of one client with one lease', () => {
  const make = createTokenHeaders()
  const lease = { sessionId: 'a', generation: 1, accessToken: 'access-1', tokenType: undefined }
  const how = { header: 'X-Token', scheme: 'Token' }
  expect(make(lease, { ...how })).toBe(make(lease, { ...how }))
  expect(make({ ...lease, accessToken: 'access-2' }, how)).toEqual({ 'X-Token': 'Token access-2' })
})

test('a replay is given the newer token, in the same header', async () => {
  const { session } = await signedIn()
  const { attempt, given } = recording(401)
  expect(await session.authorize(attempt, { header: 'X-Token', scheme: '' })).toEqual({
    status: 200,
  })
  expect(given).toEqual([{ 'X-Token': 'access-1' }, { 'X-Token': 'access-2' }])
})

test('the scheme is the app’s own, whatever the server calls the token', async () => {
  const { session } = startSession()
  await session.signIn({ accessToken: 'a', tokenType: 'DPoP' })
  const { attempt, given } = recording()
  await session.authorize(attempt)
  expect(given).toEqual([{ Authorization: 'Bearer a' }])
})

test('signed out there are none, whatever the options say', async () => {
  const { session } = await signedIn()
  await session.signOut()
  const { attempt, given } = recording(401)
  await session.authorize(attempt, { header: 'X-Token' })
  expect(given).toEqual([{}])
})

test('in a cookie session there are none, in the first attempt and in the replay', async () => {
  const refresh = () => Promise.resolve(undefined)
  const session = createSession({ credential: 'cookie', refresh })
  onTestFinished(() => void session.close())
  const { attempt, given } = recording(401)
  await session.authorize(attempt, { header: 'X-Token' })
  expect(given).toEqual([{}, {}])
})

test('G10 in the refresh itself there are none, for its first request and for later ones', async () => {
  const { attempt, given } = recording()
  const { session } = await signedIn({
    refresh: scriptedRefresh(async ({ signal }) => {
      await session.authorize(attempt)
      await session.authorize(attempt, { signal })
      return tokensOf(2)
    }),
  })
  await session.refresh()
  expect(given).toEqual([{}, {}])
  await session.authorize(attempt)
  expect(given.at(-1)).toEqual({ Authorization: 'Bearer access-2' })
})

test('what one attempt does to its headers, no other sees', async () => {
  const { session } = await signedIn()
  const seen: CredentialHeaders[] = []
  const spoiling = (_lease: Lease, headers: Record<string, string>) => {
    seen.push({ ...headers })
    headers['X-Left'] = 'over'
    return Promise.resolve({ status: seen.length === 1 ? 401 : 200 })
  }
  await session.authorize(spoiling)
  await session.authorize(spoiling)
  expect(seen).toEqual([
    { Authorization: 'Bearer access-1' },
    { Authorization: 'Bearer access-2' },
    { Authorization: 'Bearer access-2' },
  ])
})

test.each<[unknown, unknown, string]>([
  ['GET', {}, 'attempt: expected a function, got string'],
  [undefined, {}, 'attempt: expected a function, got undefined'],
  [() => 'sent', { header: null }, 'header: expected a string, got null'],
  [() => 'sent', { header: 7 }, 'header: expected a string, got 7'],
  [() => 'sent', { scheme: () => 'Bearer' }, 'scheme: expected a string, got function'],
])('authorize(%s, %s) rejects, and says why', async (attempt, how, message) => {
  const { session } = await signedIn()
  const authorize = session.authorize as (...args: unknown[]) => Promise<unknown>
  await expect(authorize(attempt, how)).rejects.toMatchObject({
    code: 'invalid-option',
    message: `[unexpired] authorize: ${message}`,
  })
})
