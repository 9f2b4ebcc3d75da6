import { describe, expect, test, vi } from 'vitest'

import type { StoredSession } from 'unexpired'

import { safeCause, safeMessage } from '../../src/core/causes.js'
import { createKnownTokens } from '../../src/core/known-tokens.js'
import { initialState } from '../../src/core/state.js'
import { observe } from './observed.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { eventsOf, signedIn, startSession } from './start-session.js'

const accessToken = `a "b\\c" d!e'f(g)h*i~j/k+l`
const known = [{ accessToken }]

describe('G40 a token is cut out', () => {
  const form = String(new URLSearchParams({ t: accessToken })).slice(2)

  test.each([
    ['as it is', accessToken],
    ['in a URL, where a space is %20', encodeURIComponent(accessToken)],
    ['in a form, where a space is +', form],
    ['in JSON', JSON.stringify(accessToken).slice(1, -1)],
  ])('%s, wherever it stands', (_how, spelling) => {
    expect(safeMessage(new Error(`to /revoke/${spelling}: no`), known)).toBe(
      'to /revoke/[token]: no',
    )
    expect(safeMessage(new Error(`posted t=${spelling}`), known)).toBe('posted t=[token]')
    expect(safeMessage(new Error(`{"with":"Bearer ${spelling}"}`), known)).toBe(
      '{"with":"Bearer [token]"}',
    )
  })
})

describe('of a long message', () => {
  test('the first 300 characters are kept', () => {
    expect(safeMessage('no '.repeat(200), [])).toBe('no '.repeat(100))
  })

  test('no more than 10,000 are looked at, and no word is cut there', () => {
    const token = 'AbCdE'.repeat(199)
    const message = `${`${token} `.repeat(10)}${'-'.repeat(36)} end`
    expect(message).toHaveLength(10_000)
    const shown = `${'[token] '.repeat(10)}${'-'.repeat(36)}`
    expect(safeMessage(message, [{ accessToken: token }])).toBe(`${shown} end`)
    expect(safeMessage(`${message}s`, [{ accessToken: token }])).toBe(shown)
    expect(safeMessage(`${message}s here`, [{ accessToken: token }])).toBe(shown)
  })
})

describe('what throws when it is looked at', () => {
  const odd = new Proxy(new Error('secret'), {
    get() {
      throw new Error('not this way')
    },
    getPrototypeOf() {
      throw new Error('nor this')
    },
  })

  test('has no message, no name and no code', () => {
    expect(safeMessage(odd, [])).toBe('no message')
    expect(safeCause(odd, undefined, [])).toEqual(new Error('no message'))
  })

  test('breaks no refresh, and no telling', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const fail = (): Promise<never> => Promise.reject(odd)
    const { session, clock } = await signedIn({ refresh: scriptedRefresh(fail, fail, fail) })
    session.on('refresh-unavailable', () => {
      throw odd
    })
    const told: string[] = []
    session.on('refresh-unavailable', ({ message }) => void told.push(message))
    const refreshed = observe(session.refresh())
    await clock.advance(1_000)
    expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable', reason: 'network' })
    expect(told).toHaveLength(1)
  })

  test('G34 breaks no session whose store throws it', async () => {
    const load = (): never => {
      throw odd
    }
    const { session } = startSession({ store: { load, replace: () => true } })
    await session.ready
    expect(eventsOf(session, 'store-failed')).toMatchObject([{ message: 'no message' }])
    await session.signIn(tokensOf(1))
    expect(session.status).toBe('active')
  })

  test('G34 nor one whose store gives a promise that throws it', async () => {
    const then = (): never => {
      throw odd
    }
    const loaded: unknown = new Proxy({}, { get: (_, name) => name === 'then' && then })
    const load = () => loaded as StoredSession
    const { session, clock } = startSession({ store: { load, replace: () => true } })
    const ready = observe(session.ready)
    await clock.advance(10_000)
    expect(ready.state).toBe('fulfilled')
    expect(eventsOf(session, 'store-failed')).toMatchObject([{ operation: 'load' }])
  })
})

describe('G40 tokens that are not in force any more', () => {
  test('are cut out of what a failed refresh and a listener say', async () => {
    const shown = vi.spyOn(console, 'error').mockReturnValue()
    const old = { accessToken: 'canary-one', refreshToken: 'canary-two' }
    const words = new Error('canary-one and canary-two')
    const { session, clock } = startSession({
      refresh: scriptedRefresh(tokensOf(2), tokensOf(3), words, words, words),
    })
    await session.signIn(old)
    await session.refresh()
    await session.refresh()
    session.on('refresh-unavailable', () => {
      throw words
    })
    const refreshed = observe(session.refresh())
    await clock.advance(1_000)
    expect(refreshed.error).toMatchObject({ cause: { message: '[token] and [token]' } })
    expect(eventsOf(session, 'refresh-unavailable')).toMatchObject([
      { message: expect.stringContaining('(Error: [token] and [token])') as string },
    ])
    expect(shown.mock.calls.flat()).toEqual([
      expect.stringContaining(
        '[unexpired] a callback of the app threw\nError: [token] and [token]\n',
      ),
    ])
  })

  test('are remembered, the last twenty sets of them', () => {
    const { known: remembered, learn } = createKnownTokens()
    const record = (generation: number): StoredSession => ({
      version: 1,
      sessionId: 'a',
      generation,
      receivedAt: 0,
      tokens: tokensOf(generation),
    })
    for (let generation = 1; generation <= 25; generation += 1) {
      const current = record(generation)
      learn({ ...initialState(undefined), current })
      learn({ ...initialState(undefined), current, stored: current })
    }
    expect([...remembered]).toEqual(Array.from({ length: 20 }, (_, index) => tokensOf(index + 6)))
  })
})
