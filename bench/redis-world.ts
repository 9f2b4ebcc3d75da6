import { randomBytes } from 'node:crypto'

import { Redis } from 'ioredis'
import { createSession } from 'unexpired'
import type { Session } from 'unexpired'
import { redisStore } from 'unexpired/redis'
import type { RedisStoreOptions } from 'unexpired/redis'

import { naiveSessions } from './redis-naive.js'

export const users = Array.from({ length: 1_000 }, (_, index) => `user-${index}`)

const text = (bytes: number): string => randomBytes(bytes).toString('base64url')

/** As servers give them: opaque ones, or a JWT of about a kilobyte with an opaque refresh token. */
export const tokenForms = {
  opaque: () => ({ accessToken: text(32), refreshToken: text(32), expiresIn: 3600 }),
  jwt: () => ({
    accessToken: `${text(60)}.${text(460)}.${text(256)}`,
    refreshToken: text(32),
    expiresIn: 3600,
  }),
}

export type TokenForm = keyof typeof tokenForms

export const encryption: NonNullable<RedisStoreOptions['encryption']> = {
  current: 'k1',
  keys: { k1: randomBytes(32) },
}

export const later = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))

export async function connect(port: number): Promise<Redis> {
  const client = new Redis(port, '127.0.0.1')
  await new Promise<void>((resolve) => void client.once('ready', () => resolve()))
  return client
}

/** How long a refresh takes at the authorization server, and what it brings. */
interface Refreshing {
  readonly form?: TokenForm
  readonly refreshMs?: number
}

const refreshOf =
  ({ form = 'opaque', refreshMs = 0 }: Refreshing) =>
  async () => {
    if (refreshMs) await later(refreshMs)
    return tokenForms[form]()
  }

/** A session for each user, on one client, as one process of a fleet has them. */
export async function openSessions(
  client: Redis,
  how: Refreshing & RedisStoreOptions = {},
): Promise<Session[]> {
  const { form, refreshMs, ...options } = how
  const refresh = refreshOf({ ...(form ? { form } : {}), ...(refreshMs ? { refreshMs } : {}) })
  const sessions = users.map((user) =>
    createSession({ store: redisStore(client, user, options), refresh }),
  )
  await Promise.all(sessions.map(({ ready }) => ready))
  return sessions
}

export const signInAll = (sessions: readonly Session[], form: TokenForm = 'opaque') =>
  Promise.all(sessions.map((session) => session.signIn(tokenForms[form]())))

export const openNaive = (client: Redis, how: Refreshing = {}) =>
  naiveSessions(client, refreshOf(how))
