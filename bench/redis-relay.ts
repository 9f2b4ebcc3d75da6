import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** What went over the wire between a client and Redis. */
export interface Traffic {
  /** Times that the client spoke after Redis had, or first: what a network's latency is paid for. */
  trips: number
  bytesSent: number
  bytesReceived: number
}

export interface Relay {
  readonly port: number
  readonly traffic: Traffic
  reset(): void
  close(): void
}

/** Stands between clients and Redis, and counts. */
export async function startRelay(redisPort: number): Promise<Relay> {
  const traffic: Traffic = { trips: 0, bytesSent: 0, bytesReceived: 0 }
  const server = createServer((client) => {
    const redis = connect(redisPort, '127.0.0.1')
    let isAnswered = true
    client.on('data', (part) => {
      if (isAnswered) traffic.trips += 1
      isAnswered = false
      traffic.bytesSent += part.length
    })
    redis.on('data', (part) => {
      isAnswered = true
      traffic.bytesReceived += part.length
    })
    client.pipe(redis).pipe(client)
    for (const socket of [client, redis]) {
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        redis.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    traffic,
    reset: () => void Object.assign(traffic, { trips: 0, bytesSent: 0, bytesReceived: 0 }),
    close: () => void server.close(),
  }
}
