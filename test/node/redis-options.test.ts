import { Redis } from 'ioredis'
import { createClient, createClientPool } from 'redis'
import { redisStore } from 'unexpired/redis'
import type { RedisStoreOptions } from 'unexpired/redis'
import { expect, test } from 'vitest'

const wrong = (value: unknown) => value as never

/** Both of them connect to nothing yet. */
const clients = { ioredis: new Redis({ lazyConnect: true }), 'node-redis': createClient() }

const secret = 'k3y-m4terial'

const longest = { ttlMs: 1e14, leaseMs: 2 ** 31 - 1, timeoutMs: 2 ** 31 - 1 }

test.each<[string, unknown, RegExp]>([
  ['an empty prefix is fine', { prefix: '' }, /^fine$/],
  ['a prefix that is none', { prefix: 7 }, /prefix: expected .*, got 7/],
  ['a prefix with braces', { prefix: '{app}:' }, /prefix: expected a text without braces/],
  ['the longest life, lease and deadline', longest, /^fine$/],
  ['a life of nothing', { ttlMs: 0 }, /ttlMs: expected a positive .*, got 0/],
  ['a life in words', { ttlMs: '1h' }, /ttlMs: expected .*, got string/],
  ['a life without end', { ttlMs: Number.POSITIVE_INFINITY }, /ttlMs: .*, got Infinity/],
  ['a life longer than time', { ttlMs: 1e21 }, /ttlMs: expected /],
  [
    'a lease of less than nothing',
    { leaseMs: -1 },
    /leaseMs: expected a positive .* 2147483647, got -1/,
  ],
  ['a lease that no timer can count', { leaseMs: 2 ** 31 }, /leaseMs: expected /],
  ['a deadline that is no number', { timeoutMs: Number.NaN }, /timeoutMs: expected .*, got NaN/],
  ['a deadline that no timer can count', { timeoutMs: 2 ** 31 }, /timeoutMs: expected /],
  ['options that are none', wrong('30 days'), /options: expected an object, got string/],
  ['encryption in words', { encryption: secret }, /encryption: expected an .*, got string/],
  ['no encryption keys', { encryption: { current: 'a' } }, /encryption: current: expected /],
  [
    'a current key that is not there',
    {
      encryption: { current: secret, keys: { jan: new Uint8Array(32), feb: new Uint8Array(32) } },
    },
    /encryption: current: expected the id of one of the keys \(jan, feb\)/,
  ],
  [
    'a key of a length that is none',
    { encryption: { current: 'a', keys: { a: new Uint8Array(31) } } },
    /encryption: keys: a: expected 16, 24 or 32 bytes, .*, got 31 bytes/,
  ],
  [
    'a key in words',
    { encryption: { current: 'a', keys: { a: secret } } },
    /encryption: keys: a: expected .*, got string/,
  ],
  [
    'what is a key by its name alone',
    { encryption: { current: 'a', keys: { a: { algorithm: { name: 'AES-GCM' } } } } },
    /encryption: keys: a: expected .* for AES-GCM \(encrypt, decrypt\), got object/,
  ],
  [
    'an old key that is none',
    { encryption: { current: 'a', keys: { a: new Uint8Array(16), b: null } } },
    /encryption: keys: b: expected /,
  ],
])('%s', (_name, options, message) => {
  for (const client of Object.values(clients)) {
    const said = ((): unknown => {
      try {
        redisStore(client, 'ann', options as RedisStoreOptions)
        return new Error('fine')
      } catch (error) {
        return error
      }
    })()
    const text = said instanceof Error ? said.message : ''
    expect(text.replace('[unexpired] redisStore: ', '')).toMatch(message)
    expect(text).not.toContain(secret)
    if (text !== 'fine') expect(said).toMatchObject({ code: 'invalid-option' })
  }
})

const made = (name: string, usages: KeyUsage[]): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new Uint8Array(32), name, false, usages)

test('a key that cannot encrypt, or an old one that cannot decrypt, is told at once', async () => {
  const [reads, writes, both, other] = await Promise.all([
    made('AES-GCM', ['decrypt']),
    made('AES-GCM', ['encrypt']),
    made('AES-GCM', ['encrypt', 'decrypt']),
    made('AES-CBC', ['encrypt', 'decrypt']),
  ])
  const open = (keys: Record<string, CryptoKey>, current: string) => () =>
    redisStore(clients.ioredis, 'ann', { encryption: { current, keys } })
  expect(open({ a: reads }, 'a')).toThrow(/encryption: keys: a: expected /)
  expect(open({ a: writes }, 'a')).toThrow(/encryption: keys: a: expected /)
  expect(open({ a: other }, 'a')).toThrow(/encryption: keys: a: expected /)
  expect(open({ old: writes, a: both }, 'a')).toThrow(/encryption: keys: old: expected /)
  expect(open({ old: reads, a: both }, 'a')).not.toThrow()
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a URL', 'redis://127.0.0.1'],
  ['a Map', new Map()],
  ['the package', Redis],
  ['a pool, which cannot subscribe', createClientPool()],
])('a client that is none is told at once: %s', (_name, client) => {
  expect(() => redisStore(wrong(client), 'ann')).toThrow(
    /^\[unexpired\] redisStore: client: expected a client of ioredis or node-redis, got /,
  )
})

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  ['', "''"],
  [7, '7'],
  [null, 'null'],
  [['ann'], 'object'],
])('a key that is none is told at once: %o', (key, got) => {
  const message = `redisStore: key: expected a text that is not empty, got ${got}`
  expect(() => redisStore(clients.ioredis, wrong(key))).toThrow(new RegExp(`${message}$`))
})

test('a key with half a character in it is told at once', () => {
  expect(() => redisStore(clients.ioredis, 'ann\uD800')).toThrow(
    /redisStore: key: expected well-formed text, got string$/,
  )
})
