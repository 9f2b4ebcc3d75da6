import { Redis } from 'ioredis'
import { createClient, createClientPool } from 'redis'
import { redisStore } from 'unexpired/redis'
import type { RedisStoreOptions } from 'unexpired/redis'
import { expect, test } from 'vitest'

const wrong = (value: unknown) => value as never

/** Both of them connect to nothing yet. */
const clients = { ioredis: new Redis({ lazyConnect: true }), 'node-redis': createClient() }

const secret = 'k3y-m4terial'

test.each<[string, unknown, RegExp]>([
  ['an empty prefix is fine', { prefix: '' }, /^fine$/],
  ['a prefix that is none', { prefix: 7 }, /prefix: expected .*, got 7/],
  ['a prefix with braces', { prefix: '{app}:' }, /prefix: expected a text without braces/],
  ['a life of nothing', { ttlMs: 0 }, /ttlMs: expected a positive .*, got 0/],
  ['a life in words', { ttlMs: '1h' }, /ttlMs: expected .*, got string/],
  ['a life without end', { ttlMs: Number.POSITIVE_INFINITY }, /ttlMs: .*, got Infinity/],
  ['a life longer than time', { ttlMs: 1e21 }, /ttlMs: expected /],
  ['a lease of less than nothing', { leaseMs: -1 }, /leaseMs: expected .*, got -1/],
  ['a lease that no timer can count', { leaseMs: 2 ** 31 }, /leaseMs: expected /],
  ['a deadline that is no number', { timeoutMs: Number.NaN }, /timeoutMs: expected .*, got NaN/],
  ['a deadline that no timer can count', { timeoutMs: 2 ** 31 }, /timeoutMs: expected /],
  ['options that are none', wrong('30 days'), /options: expected an object, got string/],
  ['encryption in words', { encryption: secret }, /encryption: expected .*, got string/],
  ['no encryption keys', { encryption: { current: 'a' } }, /encryption: current: expected /],
  [
    'a current key that is not there',
    { encryption: { current: secret, keys: { jan: new Uint8Array(32) } } },
    /encryption: current: expected the id of one of the keys \(jan\)/,
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

test('a key that cannot encrypt is told at once', async () => {
  const usages: KeyUsage[] = ['decrypt']
  const a = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, usages)
  const b = await crypto.subtle.importKey(
    'raw',
    new Uint8Array(32),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  const open = (keys: Record<string, CryptoKey>, current: string) => () =>
    redisStore(clients.ioredis, 'ann', { encryption: { current, keys } })
  expect(open({ a }, 'a')).toThrow(/encryption: keys: a: expected /)
  expect(open({ b }, 'b')).toThrow(/encryption: keys: b: expected /)
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

test.each([undefined, '', 7, null, ['ann']])('a key that is none is told at once: %o', (key) => {
  expect(() => redisStore(clients.ioredis, wrong(key))).toThrow(
    /^\[unexpired\] redisStore: key: expected a text that is not empty, got /,
  )
})
