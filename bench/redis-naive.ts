import type { Redis } from 'ioredis'

/** What a refresh brings. */
export interface NaiveTokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}

interface Kept extends NaiveTokens {
  readonly expiresAt: number
}

const lockMs = 10_000
const pollMs = 50

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * The tokens of users in Redis, as it is usually written by hand: read for each request, and refreshed
 * under `SET NX PX`, which whoever does not get it polls for.
 */
export function naiveSessions(
  redis: Redis,
  refresh: (refreshToken: string) => Promise<NaiveTokens>,
) {
  async function read(user: string): Promise<Kept> {
    const text = await redis.get(`naive:${user}`)
    if (!text) throw new Error('nobody is signed in')
    return JSON.parse(text) as Kept
  }

  async function write(user: string, tokens: NaiveTokens): Promise<void> {
    const kept: Kept = { ...tokens, expiresAt: Date.now() + tokens.expiresIn * 1000 }
    await redis.set(`naive:${user}`, JSON.stringify(kept))
  }

  /** `dead` has expired: newer ones, by whoever gets the lock. */
  async function renew(user: string, dead: string): Promise<string> {
    const lock = `naive:${user}:lock`
    while ((await redis.set(lock, '1', 'PX', lockMs, 'NX')) !== 'OK') {
      await later(pollMs)
      const { accessToken } = await read(user)
      if (accessToken !== dead) return accessToken
    }
    try {
      const { accessToken, refreshToken } = await read(user)
      if (accessToken !== dead) return accessToken
      const tokens = await refresh(refreshToken)
      await write(user, tokens)
      return tokens.accessToken
    } finally {
      await redis.del(lock)
    }
  }

  return {
    signIn: write,
    renew,
    async getAccessToken(user: string): Promise<string> {
      const { accessToken, expiresAt } = await read(user)
      return expiresAt > Date.now() ? accessToken : renew(user, accessToken)
    },
  }
}
