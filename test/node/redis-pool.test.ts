import { createSession, createSessionPool } from 'unexpired'
import type { SessionPool } from 'unexpired'
import { redisStore } from 'unexpired/redis'
import { describe, expect, onTestFinished, test } from 'vitest'

import { openServer } from './harness/place.js'
import { connect, libraries } from './harness/redis-clients.js'
import type { Connection } from './harness/redis-clients.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

const json = { 'Content-Type': 'application/json' }

function poolOn(client: Connection['client'], url: string): SessionPool {
  const pool = createSessionPool({
    max: 2,
    idleMs: 0,
    create: (userId) =>
      createSession({
        store: redisStore(client, userId),
        refresh: ({ refreshToken, signal }) =>
          fetch(`${url}/auth/refresh`, {
            method: 'POST',
            headers: json,
            body: JSON.stringify({ refreshToken }),
            signal,
          }),
      }),
  })
  onTestFinished(() => pool.close())
  return pool
}

async function signIn(pool: SessionPool, url: string, user: string): Promise<void> {
  const body = JSON.stringify({ username: user })
  const answer = await fetch(`${url}/auth/login`, { method: 'POST', headers: json, body })
  await pool.get(user).signIn((await answer.json()) as { accessToken: string })
}

describe.each(libraries)('a pool on Redis, by %s', (library) => {
  test('G25 closes a user to make room, who comes back to the same session without a refresh', async () => {
    const { url, counts } = await openServer()
    const { client } = await connect(library, redis())
    const pool = poolOn(client, url)
    for (const user of ['ada', 'bob', 'cleo']) await signIn(pool, url, user)
    expect(pool.size).toBe(2)

    const before = await redis().ask('GET', 'unexpired:{ada}:session')
    const ada = pool.get('ada')
    const token = await ada.getAccessToken()
    expect(JSON.parse(String(before))).toMatchObject({
      sessionId: ada.getSnapshot().sessionId,
      generation: 1,
      tokens: { accessToken: token },
    })
    expect(counts.refreshes).toBe(0)
    expect(await redis().ask('GET', 'unexpired:{ada}:session')).toBe(before)
  })

  test('G1 two machines with a pool each share the refreshes of all who come and go', async () => {
    const server = await openServer()
    const pools: SessionPool[] = []
    for (const _ of [1, 2]) {
      pools.push(poolOn((await connect(library, redis())).client, server.url))
    }
    const users = Array.from({ length: 12 }, (_, index) => `user-${index}`)
    for (const user of users) await signIn(pools[0] as SessionPool, server.url, user)
    server.orders.expireNow()
    const tokens = await Promise.all(
      pools.flatMap((pool) =>
        users.map(async (user) => {
          const session = pool.get(user)
          const { accessToken } = await session.authorize(async (lease) => {
            const headers = { Authorization: `Bearer ${lease.accessToken ?? ''}` }
            const { status } = await fetch(`${server.url}/api/me`, { headers })
            return { status, accessToken: lease.accessToken }
          })
          return accessToken
        }),
      ),
    )
    expect(tokens.slice(0, users.length)).toEqual(tokens.slice(users.length))
    expect(new Set(tokens).size).toBe(users.length)
    expect(server.counts).toMatchObject({ refreshes: users.length, familiesRevoked: 0 })
    await Promise.all(pools.map((pool) => pool.close()))
    expect(await redis().ask('PUBSUB', 'CHANNELS')).toEqual([])
  })
})
