import { expect, test, vi } from 'vitest'

import { createSession, memoryStore } from 'unexpired'

test('G3 tokens that were turned away stay known, also when the store brings them back', async () => {
  const store = memoryStore()
  const answers = [{ accessToken: 'ann-2', refreshToken: 'a2' }]
  const session = createSession({
    store,
    refresh: () => Promise.resolve(answers.shift() ?? { accessToken: 'none' }),
  })
  await session.signIn({ accessToken: 'ann-1', refreshToken: 'a1' })
  const old = await store.load()
  const sent: (string | undefined)[] = []
  const send = (): Promise<{ status: number }> =>
    session.authorize(({ accessToken }) => {
      sent.push(accessToken)
      return Promise.resolve({ status: accessToken === 'ann-1' ? 401 : 200 })
    })
  await send()
  expect(sent).toEqual(['ann-1', 'ann-2'])

  // Another user signs in, the store loses that, and somebody writes the old record again.
  await session.signIn({ accessToken: 'bob-1' })
  await store.replace(await store.load(), old)
  answers.push({ accessToken: 'ann-3', refreshToken: 'a3' })
  await vi.waitFor(() => expect(session.tokens?.accessToken).toBe('ann-1'))
  await send()
  expect(sent.slice(2)).toEqual(['ann-3'])
})
