import type { StoredSession } from 'unexpired'
import { redisStore } from 'unexpired/redis'
import { expect, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { connect, libraries } from './harness/redis-clients.js'
import { openServer, openUser } from './harness/redis-user.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

const stored = () => redis().ask('GET', 'unexpired:{ann}:session')

/** As an app's mistake may: it says what it was given. */
const ttlMs = ({ tokens }: StoredSession): number => {
  throw new Error(`no life for ${tokens?.accessToken}`)
}

test.each(libraries)(
  'G31 G40 a ttlMs that throws fails that write alone, and what it threw is told nobody, through %s',
  async (library) => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann', { ttlMs })
    await redisStore(client, 'ann').replace(undefined, record(1))
    const before = await stored()
    await expect(store.replace(record(1), record(2))).rejects.toMatchObject({
      code: 'invalid-option',
      message: '[unexpired] redisStore: ttlMs: it threw',
    })
    expect(await stored()).toBe(before)

    const server = await openServer()
    const user = openUser(store, server)
    await user.signIn()
    const { accessToken = '' } = user.session.tokens ?? {}
    expect(await user.herd(3)).toEqual([200, 200, 200])
    expect(await stored()).toBe(before)
    const [failure] = user.events('store-failed')
    expect(failure).toMatchObject({ operation: 'replace', message: expect.stringMatching(/ttlMs/) })
    expect(JSON.stringify(user.session.explain())).not.toContain(accessToken.slice(-8))
    // It is not asked about a session that is over: others learn of that.
    await user.session.signOut()
    expect(JSON.parse(String(await stored()))).not.toHaveProperty('tokens')
  },
)
