import { inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import { keyValueStore } from 'unexpired'
import type { StoredSession } from 'unexpired'

import { tokensOf } from './scripted-refresh.js'
import { eventsOf, startSession } from './start-session.js'

const canary = 'canary-5f1d'

const good = {
  version: 1,
  sessionId: 'a',
  generation: 3,
  receivedAt: Date.UTC(2026, 0),
  tokens: { accessToken: canary, refreshToken: 'r' },
}
const tokens = (more: object): object => ({ ...good, tokens: { ...good.tokens, ...more } })

const values: [string, unknown][] = [
  ['null', null],
  ['a number', 7],
  ['a string', canary],
  ['true', true],
  ['an array', [good]],
  ['an empty object', {}],
  ['no version', { ...good, version: undefined }],
  ['a later version', { ...good, version: 2 }],
  ['a version in a string', { ...good, version: '1' }],
  ['what a stranger keeps there', { token: canary, user: 'ann' }],
  ['tokens alone', good.tokens],
  ['no session id', { ...good, sessionId: undefined }],
  ['an empty session id', { ...good, sessionId: '' }],
  ['a session id that is a number', { ...good, sessionId: 7 }],
  ['no generation', { ...good, generation: undefined }],
  ['a generation in a string', { ...good, generation: '3' }],
  ['half a generation', { ...good, generation: 3.5 }],
  ['no generation yet', { ...good, generation: 0 }],
  ['a generation below zero', { ...good, generation: -63 }],
  ['a generation that could not grow any more', { ...good, generation: 2 ** 50 }],
  ['no receipt', { ...good, receivedAt: undefined }],
  ['a receipt as a date', { ...good, receivedAt: '2026-01-01' }],
  ['tokens that are a string', { ...good, tokens: canary }],
  ['tokens that are an array', { ...good, tokens: [canary] }],
  ['tokens without an access token', { ...good, tokens: { refreshToken: canary } }],
  ['an access token that is a number', tokens({ accessToken: 7 })],
  ['an access token with a line break', tokens({ accessToken: `${canary}\r\nX: 1` })],
  ['an access token that is not ASCII', tokens({ accessToken: `${canary}é` })],
  ['a refresh token that is a number', tokens({ refreshToken: 7 })],
  ['a refresh token that is an object', tokens({ refreshToken: { canary } })],
  ['a token type that is a number', tokens({ tokenType: 5 })],
  ['a scope that is an array', tokens({ scope: ['read'] })],
  ['further fields that are a string', tokens({ extra: canary })],
]

const texts: [string, string][] = [
  ['nothing', ''],
  ['words', `${canary} is not JSON`],
  ['a record that was cut', JSON.stringify(good).slice(0, -20)],
  ['a record with something after it', `${JSON.stringify(good)}${canary}`],
  ['a form', `access_token=${canary}`],
  ['undefined', 'undefined'],
  ['bytes', '\u0000\u0001\uFFFF'],
  ...values.map(([name, value]): [string, string] => [name, JSON.stringify(value)]),
]

describe.each(texts)('G32 a stored text that is %s', (_name, text) => {
  test('counts as absent, throws nothing, is echoed nowhere, and is written over', async () => {
    const kept = new Map([['auth', text]])
    const { session } = startSession({ store: keyValueStore(storageOf(kept), 'auth') })
    expect(session.status).toBe('signed-out')
    expect(session.tokens).toBeUndefined()
    expect(await session.getAccessToken()).toBeUndefined()
    expect(shown(session)).not.toContain(canary)

    await session.signIn(tokensOf(1))
    expect(JSON.parse(kept.get('auth') ?? '')).toMatchObject({ version: 1, tokens: tokensOf(1) })
  })
})

describe.each([...values, ['undefined', undefined] as const])(
  'G32 a store that gives %s',
  (_name, value) => {
    test('counts as empty, throws nothing, and nothing is echoed', async () => {
      const store = { load: () => value as StoredSession, replace: () => true }
      const { session } = startSession({ store })
      expect(session.status).toBe('signed-out')
      expect(session.getSnapshot()).toMatchObject({ sessionId: undefined, generation: 0 })
      expect(await session.getAccessToken()).toBeUndefined()
      expect(shown(session)).not.toContain(canary)
    })
  },
)

test('G32 keys that reach for a prototype are kept as data, and change none', async () => {
  const text = JSON.stringify(good).replace(
    '"refreshToken":"r"',
    '"extra":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  )
  const kept = new Map([['auth', text]])
  const { session } = startSession({ store: keyValueStore(storageOf(kept), 'auth') })
  await session.refresh()
  expect({}).not.toHaveProperty('polluted')
  await session.signIn(JSON.parse('{"accessToken":"a","__proto__":{"polluted":1}}'))
  expect(session.tokens).not.toHaveProperty('polluted')
  expect({}).not.toHaveProperty('polluted')
  expect(Object.getPrototypeOf(session.tokens)).toBe(Object.prototype)
})

test('a good record is taken, and unknown fields of a record do no harm', async () => {
  const store = { load: () => ({ ...good, more: canary }) as StoredSession, replace: () => true }
  const { session } = startSession({ store })
  expect(session.status).toBe('active')
  expect(await session.getAccessToken()).toBe(canary)
  expect(session.getSnapshot()).toMatchObject({ sessionId: 'a', generation: 3 })
})

test.each([1, 2 ** 50 - 1])('a record of generation %d is taken', async (generation) => {
  const record = { ...good, generation } as StoredSession
  const store = { load: () => record, replace: () => true }
  const { session } = startSession({ store })
  expect(await session.getAccessToken()).toBe(canary)
  expect(session.getSnapshot()).toMatchObject({ sessionId: 'a', generation })
})

test('G32 each field of a record is read once: what a store hands out may change, or throw the second time', async () => {
  const looks = new Map<unknown, number>()
  /** As a reactive library hands out what it holds. */
  const onlyOnce = (target: object): object =>
    new Proxy(target, {
      get(whole, field) {
        looks.set(field, (looks.get(field) ?? 0) + 1)
        if (looks.get(field) !== 1) throw new Error(`it was read again: ${String(field)}`)
        return Reflect.get(whole, field) as unknown
      },
    })
  const record = onlyOnce({ ...good, tokens: onlyOnce(good.tokens) }) as StoredSession
  const { session } = startSession({ store: { load: () => record, replace: () => true } })
  expect(await session.getAccessToken()).toBe(canary)
  expect(session.tokens).toEqual(good.tokens)
  expect(looks.get('generation')).toBe(1)
  expect(eventsOf(session, 'store-failed')).toEqual([])
})

const storageOf = (kept: Map<string, string>) => ({
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
})

function shown(session: ReturnType<typeof startSession>['session']): string {
  return inspect([session, session.explain()], { depth: 9 }) + JSON.stringify(session.explain())
}
