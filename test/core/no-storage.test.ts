import { expect, test } from 'vitest'

import { keyValueStore } from 'unexpired'
import type { KeyValueStorage } from 'unexpired'

import { tokensOf } from './scripted-refresh.js'
import { eventsOf, startSession } from './start-session.js'

const blocked = (): never => {
  throw new DOMException('The operation is insecure.', 'SecurityError')
}
const none = (): undefined => undefined

test.each<[string, Parameters<typeof keyValueStore>[0]]>([
  ['is missing', undefined],
  ['is null, as in some WebViews', null],
  ['is a function that gives nothing', none as unknown as () => KeyValueStorage],
  ['is a function that throws', blocked],
  ['throws on every method', { getItem: blocked, setItem: blocked, removeItem: blocked }],
  ['throws when it is read', { getItem: blocked, setItem: none, removeItem: none }],
  ['throws when it is written', { getItem: none, setItem: blocked, removeItem: blocked }],
])('G34 where storage %s, the session is kept in memory', async (_name, storage) => {
  const { session, clock } = startSession({ store: keyValueStore(storage, 'auth') })
  await session.ready
  expect(session.status).toBe('signed-out')
  await session.signIn(tokensOf(1))
  expect(await session.getAccessToken()).toBe('access-1')
  await clock.advance(60_000)
  expect(await session.getAccessToken()).toBe('access-2')
  expect(await session.refresh()).toMatchObject({ accessToken: 'access-3' })
  await session.signOut()
  expect(session.status).toBe('signed-out')
  await clock.advance(600_000)
  expect(await session.getAccessToken()).toBeUndefined()
})

test('G34 a storage that throws says so by an event, one that is missing does not', async () => {
  const throwing = { getItem: blocked, setItem: blocked, removeItem: blocked }
  const one = startSession({ store: keyValueStore(throwing, 'auth') })
  await one.session.signIn(tokensOf(1))
  expect(eventsOf(one.session, 'store-failed')).toMatchObject([
    { operation: 'load', message: 'The operation is insecure.' },
    { operation: 'replace' },
  ])
  const other = startSession({ store: keyValueStore(undefined, 'auth') })
  await other.session.signIn(tokensOf(1))
  expect(eventsOf(other.session, 'store-failed')).toEqual([])
})
