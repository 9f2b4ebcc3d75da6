import fc from 'fast-check'
import { createSession } from 'unexpired'
import { redisStore, type RedisStoreOptions } from 'unexpired/redis'
import { expect, test } from 'vitest'

import { allowTokensIn } from '../../canary/allow-tokens.js'
import { connect } from '../../node/harness/redis-clients.js'
import { useRedis } from '../../node/harness/redis.js'
import { canary, oddStoredTexts } from '../odd-records.js'
import { expectCleanPrototypes } from '../promises-kept.js'
import { longestMs, runs } from '../runs.js'

const redis = useRedis()

const encryption = { current: 'a', keys: { a: new Uint8Array(32).fill(7) } }

test.each<[string, RedisStoreOptions]>([
  ['as they are', {}],
  ['encrypted', { encryption }],
])(
  'G32 G40 whatever lies in Redis, a store of records %s takes it for absent, or says that it is not its own',
  async (how, options) => {
    // What lies there is put there by this test, without the store.
    allowTokensIn('redis')
    const { client } = await connect('ioredis', redis())
    const property = fc.asyncProperty(oddStoredTexts, async (text) => {
      await redis().ask('SET', 'unexpired:{ann}:session', text)
      const session = createSession({
        store: redisStore(client, 'ann', options),
        refresh: () => Promise.reject(new Error('not called')),
      })
      // A record that is encrypted where none is expected, or the other way round, is no absent one.
      const isMixed = /"kid"/.test(text) || how === 'encrypted'
      if (!isMixed) {
        await session.ready
        expect(['active', 'signed-out']).toContain(session.status)
      }
      await session.signIn({ accessToken: 'good-1', expiresIn: 600 })
      expect(await session.getAccessToken()).toBe('good-1')
      expect(JSON.stringify(session.explain())).not.toContain(canary)
      await session.close()
      expectCleanPrototypes()
    })
    await fc.assert(property, runs(40))
  },
  longestMs,
)
