import { onTestFinished } from 'vitest'

import { createSession, createSessionPool, isSessionError, memoryStore } from 'unexpired'
import type {
  Session,
  TokenSessionOptions,
  SessionPool,
  SessionPoolOptions,
  TokenStore,
} from 'unexpired'

import { observe } from './observed.js'
import { tokensOf } from './scripted-refresh.js'

export interface StartedPool {
  readonly pool: SessionPool
  /** Who was made, in order; whoever is made twice is there twice. */
  readonly made: string[]
  /** The last session that was made for a user. */
  of(userId: string): Session
}

type Making = Partial<SessionPoolOptions> & {
  /** What the sessions are made with. */
  readonly session?: Partial<TokenSessionOptions>
  /** Stores of some of the users; all others have one in memory. */
  readonly storeOf?: Readonly<Record<string, TokenStore>>
}

/** A session with a store of its own, for one user. */
export const sessionFor = (userId: string, options: Partial<TokenSessionOptions> = {}): Session =>
  createSession({
    store: memoryStore(),
    refresh: () => Promise.resolve({ ...tokensOf(2), accessToken: `${userId}-2` }),
    ...options,
  })

/** A pool that is closed when its test ends, and tells whom it made. */
export function startPool({ session, storeOf = {}, ...options }: Making = {}): StartedPool {
  const made: string[] = []
  const sessions = new Map<string, Session>()
  const pool = createSessionPool({
    create(userId) {
      made.push(userId)
      const one = sessionFor(userId, {
        ...(Object.hasOwn(storeOf, userId) ? { store: storeOf[userId] } : {}),
        ...session,
      })
      sessions.set(userId, one)
      return one
    },
    ...options,
  })
  onTestFinished(() => pool.close())
  return {
    pool,
    made,
    of(userId) {
      const one = sessions.get(userId)
      if (!one) throw new Error(`nobody made a session for ${userId}`)
      return one
    },
  }
}

/** Whether it was closed: whoever asks one that was for a token is told at once. Nothing is left behind. */
export async function isClosed(session: Session): Promise<boolean> {
  const asking = new AbortController()
  const asked = observe(session.getAccessToken({ signal: asking.signal }))
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  asking.abort()
  const { error } = asked
  return isSessionError(error) && error.code === 'session-ended' && error.reason === 'closed'
}

/** Who of these users has a session that is live, without asking the pool for it. */
export async function living(started: StartedPool, ...users: string[]): Promise<string[]> {
  const found = await Promise.all(users.map((user) => isClosed(started.of(user))))
  return users.filter((_, index) => !found[index])
}
