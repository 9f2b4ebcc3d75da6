import { createServer } from 'node:net'

/** A port of 127.0.0.1 that nobody else is given, whether or not somebody listens there just now. */
export interface ClaimedPort {
  readonly port: number
  release(): void
}

/**
 * Below all that systems give out by themselves: a port whose server is down for a while would
 * otherwise be taken by the next connection to anywhere, even by the one that looks for the server.
 * A node of a Redis cluster listens 10,000 further on as well: claims must not lie there.
 */
const ports = { first: 11_000, count: 4_000 }

/** Listens on the port itself, or says that somebody else does. */
async function occupy(port: number): Promise<(() => Promise<void>) | undefined> {
  const server = createServer((socket) => socket.destroy())
  const isOurs = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (!isOurs) return undefined
  server.unref()
  return () => new Promise((resolve) => void server.close(() => resolve()))
}

/**
 * Claims a free port until it is released, or this process ends. Servers that come and go there need
 * no luck: the claim is a second port, on which this process listens all the while, and which all
 * who look for one here try first.
 */
export async function claimPort(): Promise<ClaimedPort> {
  for (;;) {
    const port = ports.first + Math.floor(Math.random() * ports.count)
    const release = await occupy(port + ports.count)
    if (!release) continue
    const vacate = await occupy(port)
    await (vacate ?? release)()
    if (vacate) return { port, release: () => void release() }
  }
}
