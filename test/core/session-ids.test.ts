import { expect, test } from 'vitest'

import { memoryStore } from 'unexpired'

import { tokensOf } from './scripted-refresh.js'
import { startSession } from './start-session.js'

test('the id of a session is a moment and a hundred bits of chance: no two are the same', async () => {
  const ids = new Set<string | undefined>()
  const { session } = startSession({ store: memoryStore() })
  for (let signIn = 0; signIn < 100; signIn += 1) {
    await session.signIn(tokensOf(1))
    const { sessionId } = session.getSnapshot()
    expect(sessionId).toMatch(/^[\da-z]{8,}-[\da-z]{2,}-[\da-z]{2,}$/)
    ids.add(sessionId)
  }
  expect(ids.size).toBe(100)
})
