import type { TokenStore } from 'unexpired'
import { redisStore } from 'unexpired/redis'

import type { Place } from './orders.js'

type RedisPlace = Extract<Place, { kind: 'redis' }>

/** One client for all sessions of a worker, as an app has it. The libraries are loaded where they are used. */
export async function openRedis({
  library,
  url,
  options,
}: RedisPlace): Promise<(key: string) => Required<TokenStore>> {
  // Several, separated by commas, are the masters of a cluster.
  const urls = url.split(',')
  const isCluster = urls.length > 1
  if (library === 'ioredis') {
    const { Cluster, Redis } = await import('ioredis')
    const client = isCluster ? new Cluster(urls) : new Redis(url)
    // Without a listener it prints each of them.
    client.on('error', () => undefined)
    return (key) => redisStore(client, key, options)
  }
  const { createClient, createCluster } = await import('redis')
  const client = isCluster
    ? createCluster({ rootNodes: urls.map((node) => ({ url: node })) })
    : createClient({ url })
  client.on('error', () => undefined)
  await client.connect()
  return (key) => redisStore(client, key, options)
}
