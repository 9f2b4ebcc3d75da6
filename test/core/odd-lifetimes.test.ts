import { describe, expect, test } from 'vitest'

import { memoryStore } from 'unexpired'
import type { TokenStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'

import { observe } from './observed.js'
import { scriptedRefresh } from './scripted-refresh.js'
import { api, signedIn, startSession } from './start-session.js'

const withLifetime = (expiresIn: unknown) => (generation: number) =>
  ({ accessToken: `access-${generation}`, refreshToken: 'r', expiresIn }) as {
    accessToken: string
    expiresIn: number
  }

describe.each([
  ['0', 0],
  ['-1', -1],
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['"abc"', 'abc'],
  ['""', ''],
  ['" "', ' '],
  ['"-5"', '-5'],
  ['null', null],
  ['true', true],
  ['{}', {}],
  ['[60]', [60]],
  ['a bigint', 60n],
])('G37 a lifetime of %s is unknown', (_name, expiresIn) => {
  const tokens = withLifetime(expiresIn)

  test('no clock refreshes it, only a response does, and once', async () => {
    const refresh = scriptedRefresh(tokens(2), tokens(3))
    const { session, clock } = startSession({ refresh })
    await session.signIn(tokens(1))
    expect(session.getSnapshot().expiresInMs).toBeUndefined()
    await clock.advance(1e10)
    expect(await session.getAccessToken()).toBe('access-1')
    expect(refresh.calls).toHaveLength(0)

    const server = api(session, 'access-2')
    expect(await server.send()).toEqual({ status: 200, by: 'access-2' })
    expect(refresh.calls).toHaveLength(1)
    expect(session.tokens).not.toHaveProperty('expiresIn')
  })
})

describe.each([
  ['"3600"', '3600', 3_600_000],
  ['" 60 "', ' 60 ', 60_000],
  ['0.5', 0.5, 500],
  ['1e12', 1e12, 1e15],
  ['"1e3"', '1e3', 1_000_000],
])('G37 a lifetime of %s is a number of seconds', (_name, expiresIn, ms) => {
  test('it is counted, and refreshed once it is over', async () => {
    const refresh = scriptedRefresh()
    const { session, clock } = startSession({ refresh })
    await session.signIn(withLifetime(expiresIn)(1))
    expect(session.getSnapshot().expiresInMs).toBe(ms)
    await clock.advance(ms * 0.79)
    expect(await session.getAccessToken()).toBe('access-1')
    expect(refresh.calls).toHaveLength(0)
    await clock.advance(ms * 0.21)
    expect(await session.getAccessToken()).toBe('access-2')
    expect(refresh.calls).toHaveLength(1)
  })
})

test('G37 a lifetime of a millisecond costs a refresh for each round of requests, and no loop', async () => {
  const tokens = withLifetime(1e-3)
  const refresh = scriptedRefresh(...[2, 3, 4, 5].map(tokens))
  const { session, clock } = startSession({ refresh })
  await session.signIn(tokens(1))
  for (const generation of [2, 3, 4]) {
    await clock.advance(5)
    const requests = Array.from({ length: 10 }, () => observe(session.getAccessToken()))
    await clock.advance(0)
    expect(new Set(requests.map(({ value }) => value))).toEqual(new Set([`access-${generation}`]))
    expect(refresh.calls).toHaveLength(generation - 1)
  }
  await clock.advance(1e6)
  expect(refresh.calls).toHaveLength(3)
})

test('G37 tokens that are over before they are stored are given to who waited, and refreshed next time', async () => {
  const clock = fakeClock()
  const inner = memoryStore()
  const store: TokenStore = {
    load: inner.load,
    replace(expected, next) {
      clock.sleepMachine(100)
      return inner.replace(expected, next)
    },
  }
  const tokens = withLifetime(0.05)
  const refresh = scriptedRefresh(...[2, 3, 4, 5, 6].map(tokens))
  const { session } = await signedIn({ store, clock, refresh })
  for (const generation of [2, 3, 4]) {
    await clock.advance(60_000)
    const requests = [observe(session.getAccessToken()), observe(session.getAccessToken())]
    await clock.advance(0)
    expect(requests.map(({ value }) => value)).toEqual([
      `access-${generation}`,
      `access-${generation}`,
    ])
    expect(refresh.calls).toHaveLength(generation - 1)
  }
})

test('G37 a lifetime of the largest number there is never ends', async () => {
  const { session, clock, refresh } = startSession()
  await session.signIn(withLifetime(Number.MAX_VALUE)(1))
  await clock.advance(1e12)
  expect(await session.getAccessToken()).toBe('access-1')
  expect(refresh.calls).toHaveLength(0)
})
