import { pause } from './calls.js'
import { isIoredis, type Ioredis, type NodeRedis } from './client.js'

/** Hears one channel. */
export interface Listener {
  /** A message, or nothing from when on none is missed: look at what there is. */
  heard(message?: string): void
  /** The connection was away, and is back: something may have been missed. */
  missed?(): void
  /** Redis does not let us listen. */
  deaf?(): void
}

/** Hears what is said on channels, by one connection for all stores of a client. */
interface News {
  listen(channel: string, listener: Listener): () => void
}

interface Connection {
  /** Resolves when it hears what is said there. */
  join(channel: string): Promise<unknown>
  leave(channel: string): Promise<unknown>
  close(): void
}

/** After a connection is there again, each looks in a millisecond of its own, in this time at most. */
const longestSpreadMs = 1_000

/** Between two tries to connect, longer each time (milliseconds). */
const againMs = 50
const longestAgainMs = 2_000

const known = new WeakMap<object, News>()

/** What is shared by the stores of one client: a connection, and no token. */
export function newsOf(client: Ioredis | NodeRedis): News {
  const news = known.get(client) ?? createNews(client)
  known.set(client, news)
  return news
}

function createNews(client: Ioredis | NodeRedis): News {
  const channels = new Map<string, Set<Listener>>()
  let connection: Connection | undefined
  let isOver = false

  const listenersOf = (channel: string): Listener[] => [...(channels.get(channel) ?? [])]
  const tell = (channel: string, message?: string): void => {
    for (const listener of listenersOf(channel)) listener.heard(message)
  }
  const orders = new Map<string, Promise<unknown>>()
  /** One after the other on each channel: a client mixes up who leaves and who joins meanwhile. */
  function order(channel: string, run: (open: Connection) => Promise<unknown>): void {
    const inTurn = (async () => {
      await orders.get(channel)
      if (connection) await run(connection)
    })().catch(ignore)
    orders.set(channel, inTurn)
    void inTurn.then(() => orders.get(channel) === inTurn && orders.delete(channel))
  }
  const join = (channel: string): void =>
    order(channel, async (open) => {
      if (!channels.has(channel)) return
      try {
        await open.join(channel)
        tell(channel)
      } catch {
        // Where it was ended meanwhile, another joins.
        if (open !== connection) return
        for (const listener of listenersOf(channel)) listener.deaf?.()
      }
    })
  const leave = (channel: string): void =>
    order(channel, async (open) => {
      if (!channels.has(channel)) await open.leave(channel)
    })
  /** Thousands of sessions look one after the other at a Redis that has just come back. */
  const missed = (): void => {
    const spreadMs = Math.min(channels.size, longestSpreadMs)
    for (const channel of channels.keys()) {
      void pause(Math.random() * spreadMs).then(() => {
        for (const listener of listenersOf(channel)) listener.missed?.()
      })
    }
  }
  const moved = (): void => {
    for (const channel of channels.keys()) tell(channel)
  }
  const open = (): void => {
    if (connection || isOver || channels.size === 0) return
    connection = isIoredis(client)
      ? connectIoredis(client, tell, missed, moved)
      : connectNodeRedis(client, tell, missed)
    for (const channel of channels.keys()) join(channel)
  }
  const close = (): void => {
    connection?.close()
    connection = undefined
  }
  // With the app's client ours ends, as nobody could end it otherwise, and begins again.
  const setOver = (isEnd: boolean) => (): void => {
    isOver = isEnd
    if (isEnd) close()
    else open()
  }
  for (const end of ['end', 'disconnect']) client.on(end, setOver(true))
  for (const begin of ['ready', 'connect']) client.on(begin, setOver(false))

  return {
    listen(channel, listener) {
      const listeners = channels.get(channel) ?? new Set()
      const isFirst = !listeners.size
      channels.set(channel, listeners.add(listener))
      if (!connection) open()
      else if (isFirst) join(channel)
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return
        channels.delete(channel)
        if (channels.size === 0) close()
        else leave(channel)
      }
    },
  }
}

type Tell = (channel: string, message: string) => void

const ignore = (): void => undefined

function connectIoredis(
  client: Ioredis,
  tell: Tell,
  missed: () => void,
  moved: () => void,
): Connection {
  const again = (tries: number): number | null =>
    client.manuallyClosing ? null : Math.min(tries * againMs, longestAgainMs)
  const patient = {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    lazyConnect: false,
    retryStrategy: again,
    sentinelRetryStrategy: again,
    clusterRetryStrategy: again,
  }
  const connection = client.isCluster ? client.duplicate([], patient) : client.duplicate(patient)
  let readies = 0
  connection.on('error', ignore)
  connection.on('message', tell)
  connection.on('ready', () => {
    connection.stream?.unref?.()
    if (++readies > 1) missed()
  })
  // In a cluster another node may bring the news from then on.
  for (const change of ['+node', '-node']) connection.on(change, moved)
  return {
    join: (channel) => connection.subscribe(channel),
    leave: (channel) => connection.unsubscribe(channel),
    close: () => connection.disconnect(),
  }
}

function connectNodeRedis(client: NodeRedis, tell: Tell, missed: () => void): Connection {
  const connection = client.duplicate({ disableOfflineQueue: false, minimizeConnections: true })
  let isConnected = false
  let isOver = false
  const end = (): void => {
    void (async () => connection.destroy())().catch(ignore)
  }
  // One that is ended while it connects would connect all the same: it is ended when that came to something.
  connection.on('error', () => {
    if (isOver) end()
  })
  // A cluster says it of its nodes.
  for (const ready of ['ready', 'node-ready']) {
    connection.on(ready, () => {
      if (isConnected) missed()
    })
  }
  const connected = connection.connect().then(() => {
    isConnected = true
    connection.unref?.()
    if (isOver) end()
  })
  connected.catch(ignore)
  return {
    async join(channel) {
      await connected
      await connection.subscribe(channel, (message) => tell(channel, String(message)))
    },
    async leave(channel) {
      await connected
      await connection.unsubscribe(channel)
    },
    close() {
      isOver = true
      if (isConnected) end()
    },
  }
}
