import { expect, test } from 'vitest'

import { memoryStore } from 'unexpired'
import type { TokenStore } from 'unexpired'

import { observe } from './observed.js'
import { never, tokensOf } from './scripted-refresh.js'
import { eventsOf, signedIn } from './start-session.js'
import type { Started } from './start-session.js'

/** A session on a store whose turn is this. */
function withTurn(exclusive: TokenStore['exclusive']): Promise<Started> {
  const { load, replace } = memoryStore()
  return signedIn({ store: { load, replace, exclusive } as TokenStore })
}

test('G5 a turn that neither comes nor is denied is waited for a second longer than was asked', async () => {
  let asked = 0
  const started = await withTurn((_work, { waitMs }) => {
    asked = waitMs
    return never()
  })
  const { session, clock, refresh } = started
  await clock.advance(1_000)
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  expect(asked).toBe(35_000)
  await clock.advance(asked + 999)
  expect(refresh.calls).toHaveLength(0)
  await clock.advance(1)
  expect(refreshed.value).toMatchObject({ accessToken: 'access-2' })
  expect(eventsOf(session, 'turn-missed')).toMatchObject([
    { message: 'no turn within 35000 ms', waitedMs: 36_000 },
  ])
})

test.each<[string, TokenStore['exclusive'], string]>([
  ['gives none', () => Promise.resolve() as Promise<never>, 'the store gave no turn'],
  ['denies it', () => Promise.reject(new Error('locked')), 'locked'],
  [
    'fails at once',
    () => {
      throw new Error('no locks here')
    },
    'no locks here',
  ],
])('G5 where the store %s, the refresh goes on at once', async (_how, exclusive, message) => {
  const { session, clock, refresh } = await withTurn(exclusive)
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  expect(refresh.calls).toHaveLength(1)
  expect(refreshed.value).toEqual(tokensOf(2))
  expect(eventsOf(session, 'turn-missed')).toMatchObject([{ message, waitedMs: 0 }])
})
