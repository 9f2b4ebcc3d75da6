import { createServer } from 'node:http'
import type { Server } from 'node:http'

import { Redis } from 'ioredis'
import { createSession, createSessionPool } from 'unexpired'
import type { RefreshRequest, SessionPool, TokenResponse } from 'unexpired'
import { redisStore } from 'unexpired/redis'

import type { ServerPreludeName } from './prelude-names.js'

/** What the snippets of docs/servers.md take for granted. */
export interface ServerPrelude extends Record<ServerPreludeName, unknown> {
  readonly createSession: typeof createSession
  /** Of the API. */
  readonly origin: string
  /** Sessions in `redis`. */
  readonly pool: SessionPool
  /** 32 bytes. */
  readonly randomKey: () => Uint8Array
  readonly redis: Redis
  /** Refreshes at /auth/refresh. */
  readonly refresh: (request: RefreshRequest) => Promise<Response>
  /** It does not listen. */
  readonly server: Server
  /** Anew for each block; signed in, as Redis knows. */
  readonly userId: string
}

/** Where the blocks are run. */
export interface ServerPlace {
  readonly origin: string
  readonly redis: Redis
}

let place: ServerPlace | undefined
let users = 0

/** Says where the blocks that come are run. */
export function openServerPlace(origin: string, redisUrl: string): ServerPlace {
  place = { origin, redis: new Redis(redisUrl) }
  return place
}

export async function prelude(): Promise<ServerPrelude> {
  if (!place) throw new Error('there is no place for it')
  const { origin, redis } = place
  const post = (path: string, body: object, signal: AbortSignal | null = null) =>
    fetch(origin + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    })
  const refresh = ({ refreshToken, signal }: RefreshRequest): Promise<Response> =>
    post('/auth/refresh', { refreshToken }, signal)
  const userId = `user-${(users += 1)}`
  const session = createSession({ store: redisStore(redis, userId), refresh })
  const answer = await post('/auth/login', { username: userId })
  await session.signIn((await answer.json()) as TokenResponse)
  await session.close()
  return {
    createSession,
    origin,
    pool: createSessionPool({
      create: (id) => createSession({ store: redisStore(redis, id), refresh }),
    }),
    randomKey: () => crypto.getRandomValues(new Uint8Array(32)),
    redis,
    refresh,
    server: createServer(),
    userId,
  }
}
