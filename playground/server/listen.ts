import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'

export interface Listening {
  readonly server: Server
  readonly port: number
}

async function bind(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

/**
 * Listens on 127.0.0.1.
 *
 * @param wanted - the port; 0 takes any free one
 * @param orAny - whether any free one will do where it is taken
 */
export async function listen(
  answer: RequestListener,
  wanted: number,
  orAny: boolean,
): Promise<Listening> {
  const server = createServer(answer)
  // Clients close idle connections first, so that no request meets a closing one.
  server.keepAliveTimeout = 0
  try {
    return { server, port: await bind(server, wanted) }
  } catch (error) {
    if (!orAny || !isTaken(error)) throw error
    return { server, port: await bind(server, 0) }
  }
}

export async function shut({ server }: Listening): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
