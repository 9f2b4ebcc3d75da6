import { describe, expect, test } from 'vitest'

import { openServer } from './harness/place.js'
import { startWorkers } from './harness/processes.js'
import { libraries } from './harness/redis-clients.js'
import { startCluster } from './harness/redis-topologies.js'
import { useServers } from './harness/redis.js'
import { expectOneRefreshEach, signInAll, userNames } from './redis-herd.js'

const cluster = useServers(startCluster)
const users = userNames(100)

describe.each(libraries)('four processes on a cluster of three masters, by %s', (library) => {
  test('G1 G4 refresh once for each user and expiry, whoever has their slot', async () => {
    const server = await openServer({ accessTokenLifetime: 3600, latency: { refresh: 20 } })
    const { nodes } = cluster()
    const url = nodes.map((node) => node.url).join(',')
    // What is slow here is the machine.
    const options = { leaseMs: 30_000, timeoutMs: 20_000 }
    const place = { kind: 'redis', library, url, options } as const
    const session = { refreshTimeoutMs: 30_000 }
    const workers = await startWorkers(4, { url: server.url, place, session })
    const herd = { server, workers, users }
    await signInAll(herd)
    await expectOneRefreshEach(herd, 2, server.orders.expireNow)
    await expectOneRefreshEach(herd, 3, server.orders.expireNow)
    for (const node of nodes) expect(await node.ask('DBSIZE')).toBeGreaterThan(users.length / 6)
  }, 120_000)
})
