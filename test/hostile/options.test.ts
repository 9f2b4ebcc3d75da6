import axios from 'axios'
import fc from 'fast-check'
import { createSession, createSessionPool, isSessionError, keyValueStore } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { browserStore } from 'unexpired/browser'
import { mountDevtools } from 'unexpired/devtools'
import { createFetch } from 'unexpired/fetch'
import { fileStore } from 'unexpired/node'
import { useSession } from 'unexpired/react'
import { redisStore } from 'unexpired/redis'
import { startTokenServer } from 'unexpired/testing'
import { sessionInterceptor } from 'unexpired/undici'
import { expect, test, vi } from 'vitest'

import { oddObjects, plainValues, type Maker } from './odd-values.js'
import { endOf, expectCleanPrototypes, expectTyped } from './promises-kept.js'
import { longestMs, runs } from './runs.js'

const refresh = (): Promise<never> => Promise.reject(new Error('not called'))
const session = createSession({ refresh })
const redis = { eval: refresh, duplicate: refresh, subscribe: refresh, on: () => undefined }

/** Each gets something odd in the place of one argument, and what is right in that of the others. */
const factories: readonly (readonly [string, (odd: never) => unknown, readonly string[]])[] = [
  [
    'createSession',
    (odd) => createSession(odd).close(),
    [
      ...['refresh', 'store', 'credential', 'refused', 'lifetime', 'refreshAheadMs'],
      ...['refreshLeewayMs', 'refreshTimeoutMs', 'onSignedOut', 'clock'],
    ],
  ],
  [
    'createSession',
    (odd) => createSession({ refresh, ...(odd as object) }).close(),
    [
      ...['store', 'credential', 'refused', 'lifetime', 'refreshAheadMs'],
      ...['refreshLeewayMs', 'refreshTimeoutMs', 'onSignedOut', 'clock'],
    ],
  ],
  ['createSessionPool', (odd) => createSessionPool(odd).close(), ['create', 'max', 'idleMs']],
  [
    'createSessionPool',
    (odd) => createSessionPool({ create: () => session, ...(odd as object) }).close(),
    ['max', 'idleMs'],
  ],
  ['createSessionPool', (odd) => createSessionPool({ create: () => odd }).get('ann'), ['store']],
  ['createSessionPool', (odd) => createSessionPool({ create: () => session }).get(odd), []],
  ['keyValueStore', (odd) => keyValueStore(odd, 'auth'), ['getItem', 'setItem', 'removeItem']],
  ['keyValueStore', (odd) => keyValueStore(new Map() as never, odd), []],
  ['browserStore', (odd) => browserStore(odd), []],
  ['browserStore', (odd) => browserStore('auth', odd), ['mirror']],
  ['fileStore', (odd) => fileStore(odd), []],
  ['redisStore', (odd) => redisStore(odd, 'ann'), ['eval', 'duplicate', 'subscribe', 'on']],
  ['redisStore', (odd) => redisStore(redis, odd), []],
  [
    'redisStore',
    (odd) => redisStore(redis, 'ann', odd),
    ['prefix', 'ttlMs', 'leaseMs', 'timeoutMs', 'encryption'],
  ],
  ['redisStore', (odd) => redisStore(redis, 'ann', { encryption: odd }), ['current', 'keys']],
  ['createFetch', (odd) => createFetch(odd), ['authorize']],
  [
    'createFetch',
    (odd) => createFetch(session, odd),
    ['fetch', 'header', 'scheme', 'origins', 'expired', 'bufferStreamsUpToBytes'],
  ],
  ['createFetch', (odd) => createFetch(session, { origins: [odd] }), []],
  ['attachSession', (odd) => attachSession(odd, session), ['interceptors', 'defaults']],
  ['attachSession', (odd) => attachSession(axios.create(), odd), ['authorize']],
  [
    'attachSession',
    (odd) => attachSession(axios.create(), session, odd),
    ['header', 'scheme', 'origins', 'expired'],
  ],
  ['sessionInterceptor', (odd) => sessionInterceptor(odd), ['authorize']],
  [
    'sessionInterceptor',
    (odd) => sessionInterceptor(session, odd),
    ['header', 'scheme', 'origins', 'expired'],
  ],
  ['mountDevtools', (odd) => mountDevtools(odd)(), ['getLifetime']],
  [
    'mountDevtools',
    (odd) => mountDevtools(session, odd)(),
    ['container', 'name', 'corner', 'open'],
  ],
]

const clock = { advance: () => Promise.resolve() } as never

/** In each text that is handed over: no message may echo it. */
const secret = 'secret-5Tz8wQ1'

const withSecret = fc.constant((): unknown => `https://${secret}`)

async function expectToBeTold(make: (odd: never) => unknown, odd: unknown): Promise<void> {
  const end = await endOf(clock, () => make(odd as never))
  expectTyped(end)
  if (end !== 'hangs' && 'error' in end && isSessionError(end.error)) {
    expect(end.error.code).toBe('invalid-option')
    expect(end.error.message).not.toContain(secret)
    expect(end.error.message.length).toBeLessThan(400)
  }
  expectCleanPrototypes()
}

test.each(factories)(
  'options of every kind: %s takes them, or says in an error of ours what is wrong (%#)',
  async (_name, make, names) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    for (const plain of plainValues) {
      await expectToBeTold(make, plain)
      for (const name of names) await expectToBeTold(make, { [name]: plain })
    }
    const odd: fc.Arbitrary<Maker> = fc.oneof(
      { arbitrary: oddObjects(names.length ? names : ['then']), weight: 4 },
      { arbitrary: fc.oneof(withSecret, objectsWithSecret(names)), weight: 1 },
    )
    const property = fc.asyncProperty(odd, (value) => expectToBeTold(make, value()))
    await fc.assert(property, runs(100))
  },
  longestMs,
)

const objectsWithSecret = (names: readonly string[]): fc.Arbitrary<Maker> =>
  fc.constantFrom('none', ...names).map((name) => () => ({ [name]: secret }))

test('a session that is none is said to be none by useSession, too', () => {
  for (const value of [undefined, null, 5, 'x', {}, { subscribe: 5 }]) {
    expect(() => useSession(value as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    )
  }
})

test(
  'startTokenServer takes what it is given, or says in its own words what makes no sense',
  async () => {
    const names = ['accessTokenLifetime', 'announceLifetime', 'rotation', 'latency', 'paths']
    const property = fc.asyncProperty(oddObjects(names), async (make) => {
      const started = await startTokenServer(make() as never).catch((error: unknown) => ({ error }))
      if ('error' in started) {
        expect(started.error).toBeInstanceOf(Error)
        expect(String(started.error)).toMatch(/\[unexpired\] \[token server\]|touched|revoked/)
      } else await started.close()
    })
    await fc.assert(property, runs(60))
  },
  longestMs,
)
