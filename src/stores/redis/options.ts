import { SessionError } from '../../core/errors.js'
import type { StoredSession } from '../../core/store.js'
import type { Ioredis, NodeRedis, RedisClient } from './client.js'
import type { RedisEncryption } from './sealing.js'

/** Options of `redisStore`. */
export interface RedisStoreOptions {
  /**
   * What our keys begin with. Those of one session are `<prefix>{<key>}:session` and
   * `<prefix>{<key>}:turn`, in one slot of a cluster; messages go over the channel `<prefix>{<key>}`.
   *
   * @defaultValue 'unexpired:'
   */
  readonly prefix?: string | undefined
  /**
   * How long a record is kept after it was written, in milliseconds: as long as the server takes a
   * refresh token that is not used. A session that was signed out is kept for a day at most, so that
   * everybody learns of it.
   *
   * @defaultValue 30 days
   */
  readonly ttlMs?: number | ((record: StoredSession) => number) | undefined
  /**
   * How long the turn of a holder that died is kept, in milliseconds. A holder renews it three times
   * as often.
   *
   * @defaultValue 10_000
   */
  readonly leaseMs?: number | undefined
  /**
   * How long Redis may take to answer, in milliseconds. A call that fails at once, as during a
   * failover, is tried again in that time.
   *
   * @defaultValue 2_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * Encrypts records at rest. All who share a key need the same: a record that is not encrypted, or by a
   * key that is not here, is an error. To turn it on later, take another prefix; users sign in anew.
   */
  readonly encryption?: RedisEncryption | undefined
}

/** Options, checked and complete. */
export interface ReadyOptions {
  readonly redis: Ioredis | NodeRedis
  /** What both keys and the channel begin with. */
  readonly place: string
  /** How long a record is kept (whole milliseconds). */
  ttlOf(record: StoredSession): number
  readonly leaseMs: number
  readonly timeoutMs: number
  readonly encryption: RedisEncryption | undefined
}

const dayMs = 86_400_000

/** Redis takes none that are longer: some thousand years. */
const eternityMs = 1e14

const long = `a positive number of milliseconds, at most ${eternityMs}`

/** Timers over this many milliseconds fire at once. */
const longestMs = 2 ** 31 - 1

/** @throws SessionError `invalid-option`, naming the option, what came and what was expected */
export function readOptions(
  client: RedisClient,
  key: string,
  options: RedisStoreOptions | undefined,
): ReadyOptions {
  const methods = ['eval', 'duplicate', 'subscribe', 'on']
  const isClient = methods.every(
    (name) => typeof (client as unknown as Record<string, unknown> | null)?.[name] === 'function',
  )
  check('client', client, 'a client of ioredis or node-redis', isClient)
  check('key', key, 'a text that is not empty', typeof key === 'string' && key !== '')
  // Half a character would be stored as any other half is.
  check('key', key, 'well-formed text', !/\p{Surrogate}/u.test(key))
  const given = check('options', options ?? {}, 'an object', typeof (options ?? {}) === 'object')
  const prefix = given.prefix ?? 'unexpired:'
  check(
    'prefix',
    prefix,
    'a text without braces',
    typeof prefix === 'string' && !/[{}]/.test(prefix),
  )
  const { ttlMs = 30 * dayMs, leaseMs = 10_000, timeoutMs = 2_000, encryption } = given
  const short = `a positive number of milliseconds, at most ${longestMs}`
  const isShort = (ms: unknown): boolean => isPositive(ms) && (ms as number) <= longestMs
  if (typeof ttlMs !== 'function') check('ttlMs', ttlMs, long, isPositive(ttlMs))
  check('leaseMs', leaseMs, short, isShort(leaseMs))
  check('timeoutMs', timeoutMs, short, isShort(timeoutMs))
  check(
    'encryption',
    encryption,
    'an object with current and keys',
    encryption === undefined || (typeof encryption === 'object' && !!encryption),
  )

  const lifeOf = (record: StoredSession): number => {
    const ms = typeof ttlMs === 'function' ? called(ttlMs, record) : ttlMs
    return check('what ttlMs returned', ms, long, isPositive(ms))
  }
  return {
    redis: client as unknown as Ioredis | NodeRedis,
    // A brace in a key would end what the slot is made of.
    place: `${prefix}{${key.replace(/[%{}]/g, encodeURIComponent)}}`,
    ttlOf: (record) => {
      const isOver = !record.tokens
      const ms = isOver && typeof ttlMs === 'function' ? dayMs : lifeOf(record)
      return Math.ceil(isOver ? Math.min(ms, dayMs) : ms)
    },
    leaseMs: Math.ceil(leaseMs),
    timeoutMs,
    encryption,
  }
}

function called(ttlMs: (record: StoredSession) => number, record: StoredSession): number {
  try {
    return ttlMs(record)
  } catch {
    // What it says may hold a part of a token.
    throw new SessionError('invalid-option', 'redisStore: ttlMs: it threw')
  }
}

const isPositive = (value: unknown): boolean =>
  Number.isFinite(value) && (value as number) > 0 && (value as number) <= eternityMs

function check<T>(name: string, value: T, expected: string, isRight: boolean): T {
  if (isRight) return value
  const got =
    typeof value === 'number' || value === null ? String(value) : value === '' ? "''" : typeof value
  throw new SessionError('invalid-option', `redisStore: ${name}: expected ${expected}, got ${got}`)
}
