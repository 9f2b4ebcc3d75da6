import { expect, test } from 'vitest'

import { memoryStore } from 'unexpired'

import { storeContract } from './store-contract.js'

storeContract('memory', () => {
  const store = memoryStore()
  return { open: () => store }
})

test('it answers at once, so that the first request already knows who is signed in', () => {
  const store = memoryStore()
  const record = {
    version: 1,
    sessionId: 'a',
    generation: 1,
    receivedAt: 0,
    tokens: { accessToken: 'x' },
  } as const
  expect(store.replace(undefined, record)).toBe(true)
  expect(store.load()).toEqual(record)
})

test('G25 each is a place of its own', async () => {
  const [one, other] = [memoryStore(), memoryStore()]
  const tokens = { accessToken: 'x' }
  await one.replace(undefined, { version: 1, sessionId: 'a', generation: 1, receivedAt: 0, tokens })
  expect(await other.load()).toBeUndefined()
})
