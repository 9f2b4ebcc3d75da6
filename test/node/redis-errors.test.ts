import { inspect } from 'node:util'

import { redisStore } from 'unexpired/redis'
import { describe, expect, onTestFinished, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { unhandled } from '../core/signing.js'
import { claimPort } from '../support/claim-port.js'
import { connect, libraries } from './harness/redis-clients.js'
import { openServer, openUser, timed } from './harness/redis-user.js'
import { needRedis, scriptsIn, startRedis } from './harness/redis.js'
import type { RedisServer } from './harness/redis.js'

needRedis()

/** What Redis says no to, from here to there. */
interface Fault {
  readonly name: string
  readonly says: RegExp
  begin(redis: RedisServer): Promise<unknown>
  end(redis: RedisServer): Promise<unknown>
}

const faults: readonly Fault[] = [
  {
    name: 'no memory is left',
    says: /OOM/,
    begin: (redis) => redis.ask('CONFIG', 'SET', 'maxmemory', 1),
    end: (redis) => redis.ask('CONFIG', 'SET', 'maxmemory', 0),
  },
  {
    name: 'it has become a replica',
    says: /READONLY/,
    async begin(redis) {
      const { port, release } = await claimPort()
      onTestFinished(release)
      return redis.ask('REPLICAOF', '127.0.0.1', port)
    },
    end: (redis) => redis.ask('REPLICAOF', 'NO', 'ONE'),
  },
  {
    name: 'somebody’s script does not end',
    says: /BUSY/,
    async begin(redis) {
      await redis.ask('CONFIG', 'SET', 'busy-reply-threshold', 1)
      redis.ask('EVAL', 'while true do end', 0).catch(() => undefined)
      await expect.poll(() => redis.ask('PING').catch(String)).toContain('BUSY')
    },
    end: (redis) => redis.ask('SCRIPT', 'KILL'),
  },
  {
    name: 'its user may not',
    says: /NOPERM|permission/i,
    begin: (redis) => redis.ask('ACL', 'SETUSER', 'default', '-@scripting'),
    end: (redis) => redis.ask('ACL', 'SETUSER', 'default', '+@scripting'),
  },
]

describe.each(libraries)('Redis says no, through %s', (library) => {
  test.each(faults)(
    'G31 $name: one local refresh, told by its words, written afterwards',
    async ({ begin, end, says }) => {
      const lost = unhandled()
      const redis = await startRedis()
      const { client } = await connect(library, redis)
      const server = await openServer()
      const user = openUser(redisStore(client, 'ann', { timeoutMs: 300 }), server)
      await user.signIn()
      await begin(redis)
      server.orders.expireNow()
      const { ms, value } = await timed(() => user.herd(5))
      expect(value).toEqual([200, 200, 200, 200, 200])
      expect(ms).toBeLessThan(2_500)
      expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
      const failures = user.events('store-failed')
      expect(failures.length).toBeGreaterThan(0)
      for (const failure of failures) expect(failure).toMatchObject({ message: says })
      const { tokens } = user.session
      const said = inspect(user.session.explain(), { depth: null })
      expect(said).not.toContain(tokens?.accessToken)
      expect(said).not.toContain(tokens?.refreshToken)

      await end(redis)
      await expect
        .poll(() => redis.ask('GET', 'unexpired:{ann}:session'), { timeout: 10_000 })
        .toContain('"generation":2')
      expect(lost).toEqual([])
    },
  )

  test('G40 no token is in what the store rejects with', async () => {
    const redis = await startRedis()
    const { client } = await connect(library, redis)
    const store = redisStore(client, 'ann', { timeoutMs: 200 })
    await redis.ask('CONFIG', 'SET', 'maxmemory', 1)
    const error = await Promise.resolve(store.replace(undefined, record(1))).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(Error)
    expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/access-1|refresh-1/)
    expect(JSON.stringify(error)).not.toMatch(/access-1|refresh-1/)
  })

  test('a Redis that says no is not asked all the time', async () => {
    const redis = await startRedis()
    const { client } = await connect(library, redis)
    const store = redisStore(client, 'ann')
    await store.load()
    await redis.ask('CONFIG', 'SET', 'maxmemory', 1)
    await redis.resetCounts()
    await expect(store.replace(undefined, record(1))).rejects.toThrow(/OOM/)
    expect(scriptsIn(await redis.counts())).toBeLessThan(10)
  })
})
