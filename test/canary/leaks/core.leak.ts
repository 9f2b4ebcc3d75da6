import { expect, test, vi } from 'vitest'

import { allowTokensIn } from '../allow-tokens.js'
import { forgottenLine } from './src/forgotten-line.js'
import { sessionWithToken, token } from './token.js'

// The package, with nothing cut out of what apps throw.
vi.mock('../../../src/core/causes.js', async (original) => ({
  ...(await original<object>()),
  safeMessage: (error: unknown) => (error as Error).message,
  safeCause: (error: unknown) => error,
}))

const failing = () => ({
  load: () => undefined,
  replace(): never {
    throw new Error(`cannot write ${token}`)
  },
})

const throwToken = (): never => {
  throw new Error(`cannot sign ${token}`)
}

test('nothing leaks', async () => {
  const session = await sessionWithToken()
  expect(await session.getAccessToken()).toBe('in-force-1')
})

test('an error', async () => {
  const session = await sessionWithToken({ credential: throwToken })
  await expect(session.authorize(() => Promise.resolve(200))).rejects.toThrow('it failed')
})

test('an event', async () => {
  const session = await sessionWithToken({ store: failing() })
  expect(session.explain().map(({ type }) => type)).toContain('store-failed')
})

test('the console', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const session = await sessionWithToken()
  session.subscribe(throwToken)
  await session.signOut()
  expect(console.error).toHaveBeenCalled()
})

test('the console, without the name of the package', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await sessionWithToken()
  forgottenLine(token)
  expect(console.log).toHaveBeenCalled()
})

test('the console, on purpose', async () => {
  allowTokensIn('console')
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const session = await sessionWithToken()
  session.subscribe(throwToken)
  await session.signOut()
  expect(console.error).toHaveBeenCalled()
})

test('a piece in an event', async () => {
  const store = {
    ...failing(),
    replace(): never {
      throw new Error(`cut in the middle: ${token.slice(5, 19)}`)
    },
  }
  const session = await sessionWithToken({ store })
  expect(session.explain().map(({ type }) => type)).toContain('store-failed')
})

test('a URL in an event', async () => {
  const store = {
    ...failing(),
    replace(): never {
      throw new Error(`at /?t=${encodeURIComponent(token)}`)
    },
  }
  const session = await sessionWithToken({ store })
  expect(session.explain().map(({ type }) => type)).toContain('store-failed')
})

test('a token that only a store had, in an event', async () => {
  const tokens = { accessToken: 'in-force-2', refreshToken: token.toUpperCase() }
  const record = { version: 1, sessionId: 'a', generation: 1, receivedAt: Date.now(), tokens }
  const { createSession } = await import('unexpired')
  const session = createSession({
    store: {
      load: () => record as never,
      replace(): never {
        throw new Error(token.toUpperCase())
      },
    },
    refresh: () => Promise.reject(new Error('never called')),
  })
  await session.signOut()
  await session.close()
  expect(session.explain().map(({ type }) => type)).toContain('store-failed')
})
