import { expect, test } from 'vitest'

import { createSessionPool } from 'unexpired'
import type { Lease, Session } from 'unexpired'

import { portOf } from '../../src/core/port.js'
import { tokensOf } from './scripted-refresh.js'
import { signedIn, startSession } from './start-session.js'

/** Who a request belongs to is taken when it is made; clients send it a moment later. */
const tokenOf = ({ accessToken }: Lease) => Promise.resolve(accessToken)

test('G24 a request that was made while nobody was signed in goes without a token, whoever signs in', async () => {
  const { session } = startSession()
  const port = portOf(session, 'test')
  const claimed = port.claim()
  await session.signIn(tokensOf(1))
  expect(await port.authorize(claimed, { attempt: tokenOf })).toBeUndefined()
  expect(await port.authorize(port.claim(), { attempt: tokenOf })).toBe('access-1')
})

test('requests of one session share their claim', async () => {
  const { session } = await signedIn()
  const port = portOf(session, 'test')
  const claimed = port.claim()
  expect(port.claim()).toBe(claimed)
  await session.refresh()
  expect(port.claim()).toBe(claimed)
  await session.signIn(tokensOf(3))
  expect(port.claim()).not.toBe(claimed)
})

test.each<[string, unknown]>([
  ['null', null],
  ['undefined', undefined],
  ['object', {}],
  ['function', startSession],
])('what is no session is named by its kind: %s', (kind, given) => {
  const said = `expected a session made by createSession, got ${kind}`
  expect(() => portOf(given as Session, 'attachSession')).toThrow(
    `[unexpired] attachSession: ${said}`,
  )
  const pool = createSessionPool({ create: () => given as Session })
  expect(() => pool.get('ann')).toThrow(`[unexpired] createSessionPool: create: ${said}`)
})
