import { Redis } from 'ioredis'

/** What Redis answered. */
export type Reply = string | number | null | readonly Reply[]

/** Sends one command over a connection of its own, which leaves nothing behind. */
export async function askRedis(
  port: number,
  [name, ...args]: readonly (string | number)[],
): Promise<Reply> {
  const client = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: () => null,
  })
  // What goes wrong is told by the promise.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.call(String(name), ...args)) as Reply
  } finally {
    client.disconnect()
  }
}
