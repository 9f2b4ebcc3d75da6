import { describe } from 'vitest'

import { anotherUserContract, refusalContract } from './elsewhere.js'
import type { SharedPlace } from './elsewhere.js'
import { libraries } from './harness/redis-clients.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

/** Where somebody stands still on purpose: shorter than a test wants to wait (milliseconds). */
const shortLeaseMs = 1_200

describe.each(libraries)('another process on the same Redis, through %s', (library) => {
  const open = (leaseMs?: number): SharedPlace => {
    const options = leaseMs === undefined ? {} : { options: { leaseMs, timeoutMs: 20_000 } }
    return { place: { kind: 'redis', library, url: redis().url, key: 'app', ...options } }
  }

  anotherUserContract(() => open())
  refusalContract(() => open(shortLeaseMs))
})
