import { redisStore } from 'unexpired/redis'

import { storeContract } from '../stores/store-contract.js'
import { connect, libraries } from './harness/redis-clients.js'
import { startCluster } from './harness/redis-topologies.js'
import { useServers } from './harness/redis.js'

const cluster = useServers(startCluster)

/** Each test in a slot of its own, so that all three masters have their share. */
let tests = 0

for (const library of libraries) {
  storeContract(`a Redis cluster, through ${library}`, async () => {
    const key = `user-${(tests += 1)}`
    const sessionKey = `unexpired:{${key}}:session`
    const node = await cluster().nodeOf(sessionKey)
    const { client } = await connect(library, cluster())
    return {
      open: () => redisStore(client, key),
      put: (text) => node.ask('SET', sessionKey, text),
      text: async () => {
        const kept = await node.ask('GET', sessionKey)
        return typeof kept === 'string' ? kept : undefined
      },
    }
  })
}
