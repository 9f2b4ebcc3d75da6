import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster, createSentinel } from 'redis'
import type { RedisClient } from 'unexpired/redis'

import type { RedisServer } from './redis-server.js'
import type { ClusterRedis, SentinelRedis } from './redis-topologies.js'

export const libraries = ['ioredis', 'node-redis'] as const

export type Library = (typeof libraries)[number]

/** Where a client connects to. */
export type RedisPlace =
  | Pick<RedisServer, 'port'>
  | Pick<SentinelRedis, 'sentinel' | 'name'>
  | Pick<ClusterRedis, 'nodes'>

export interface Connection {
  readonly client: RedisClient
  /** Ends it at once, whatever is under way. */
  quit(): void
  /** Ends it as apps do: what is under way is finished. */
  close(): Promise<unknown>
  /** Connects again after its end. */
  reopen(): Promise<unknown>
}

export interface ConnectOptions {
  readonly keyPrefix?: string
  /** As the library comes, where tests reconnect faster than that. */
  readonly isPlain?: boolean
  /** Does not wait until it is connected, or cannot be. */
  readonly isImpatient?: boolean
}

/** Between two tries to connect (milliseconds). */
const reconnectMs = 50

/** Connects with one of the two libraries; the caller ends it. Needs nothing of a test runner. */
export async function open(
  library: Library,
  place: RedisPlace,
  options: ConnectOptions = {},
): Promise<Connection> {
  return library === 'ioredis' ? openIoredis(place, options) : openNodeRedis(place, options)
}

const host = '127.0.0.1'

async function openIoredis(place: RedisPlace, options: ConnectOptions): Promise<Connection> {
  const { isPlain, isImpatient } = options
  const prefix = options.keyPrefix === undefined ? {} : { keyPrefix: options.keyPrefix }
  const retry = isPlain ? {} : { retryStrategy: () => reconnectMs }
  const client =
    'nodes' in place
      ? new Cluster(
          place.nodes.map(({ port }) => ({ host, port })),
          { ...prefix, ...(isPlain ? {} : { clusterRetryStrategy: () => reconnectMs }) },
        )
      : 'sentinel' in place
        ? new Redis({
            ...prefix,
            ...retry,
            ...(isPlain ? {} : { sentinelRetryStrategy: () => reconnectMs }),
            sentinels: [{ host, port: place.sentinel.port }],
            name: place.name,
          })
        : new Redis(place.port, host, { ...prefix, ...retry })
  // As apps do.
  client.on('error', () => undefined)
  if (!isImpatient) await new Promise((done) => void client.once('ready', () => done(undefined)))
  return {
    client,
    quit: () => client.disconnect(),
    close: () => client.quit(),
    reopen: () => client.connect(),
  }
}

async function openNodeRedis(place: RedisPlace, options: ConnectOptions): Promise<Connection> {
  const { isPlain, isImpatient } = options
  const prefix = options.keyPrefix === undefined ? {} : { keyPrefix: options.keyPrefix }
  const retry = isPlain ? {} : { reconnectStrategy: () => reconnectMs }
  const client =
    'nodes' in place
      ? createCluster({
          ...prefix,
          rootNodes: place.nodes.map(({ port }) => ({ socket: { host, port } })),
          defaults: { socket: { ...retry } },
        })
      : 'sentinel' in place
        ? createSentinel({
            ...prefix,
            name: place.name,
            sentinelRootNodes: [{ host, port: place.sentinel.port }],
            nodeClientOptions: { socket: { ...retry } },
            ...(isPlain ? {} : { scanInterval: 200 }),
          })
        : createClient({ ...prefix, socket: { host, port: place.port, ...retry } })
  client.on('error', () => undefined)
  const connecting = client.connect()
  if (isImpatient) connecting.catch(() => undefined)
  else await connecting
  return {
    client,
    quit: () => void client.destroy(),
    close: async () => client.close(),
    reopen: () => client.connect(),
  }
}
