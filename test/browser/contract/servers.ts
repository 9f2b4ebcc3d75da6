import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startTokenServer } from 'unexpired/testing'
import type { TokenServer, TokenServerOptions } from 'unexpired/testing'
import { openRecorder } from '../../contract/recorder-server.js'
import type { RecorderServer } from '../../contract/recorder-server.js'
import { pipe } from '../harness/pipe.js'
import type { Answer, Command, Commands } from './commands.js'

/** The servers of a page, which can only ask for them. */
export interface Servers {
  obey(command: Command): Promise<Answer>
  /** Ends those that the page did not. */
  close(): Promise<void>
}

type Obeyed = { [Name in keyof Commands]: (...args: readonly never[]) => unknown }

/**
 * A token server behind a pipe, which closes each connection after its answer. On a connection that
 * was used before, browsers send again by themselves what was cut, or answered 408; a POST too.
 */
async function startPipedServer(options: TokenServerOptions): Promise<TokenServer> {
  const server = await startTokenServer(options)
  const agent = new Agent()
  const front = createServer((incoming, response) => {
    incoming.headers.connection = 'close'
    pipe(incoming, response, server.url, agent)
  })
  await new Promise<void>((resolve) => void front.listen(0, '127.0.0.1', resolve))
  const { port } = front.address() as AddressInfo
  return Object.defineProperties({} as TokenServer, {
    ...Object.getOwnPropertyDescriptors(server),
    url: { value: `http://127.0.0.1:${port}` },
    close: {
      value: async () => {
        front.close()
        front.closeAllConnections()
        await server.close()
      },
    },
  })
}

export function createServers(): Servers {
  const tokenServers = new Map<number, TokenServer>()
  const recorders = new Map<number, RecorderServer>()
  let last = 0

  function known<Server>(servers: ReadonlyMap<number, Server>, id: number): Server {
    const server = servers.get(id)
    if (!server) throw new Error(`there is no server ${id}`)
    return server
  }

  const commands = {
    async startTokenServer(options: TokenServerOptions) {
      const server = await startPipedServer(options)
      tokenServers.set((last += 1), server)
      return { id: last, url: server.url }
    },
    async startRecorder() {
      const recorder = await openRecorder()
      recorders.set((last += 1), recorder)
      return { id: last, url: recorder.url }
    },
    counts: (id: number) => known(tokenServers, id).counts,
    requests: (id: number) => known(tokenServers, id).requests,
    order(id: number, name: string, ...args: readonly unknown[]) {
      const { orders } = known(tokenServers, id)
      const give = Reflect.get(orders, name) as (...given: readonly unknown[]) => unknown
      return give(...args)
    },
    resetCounts: (id: number) => known(tokenServers, id).resetCounts(),
    assertOrdersUsed: (id: number) => known(tokenServers, id).assertOrdersUsed(),
    recorded: (id: number) => known(recorders, id).requests,
    async close(id: number) {
      const server = tokenServers.get(id) ?? known(recorders, id)
      tokenServers.delete(id)
      recorders.delete(id)
      await server.close()
    },
  } satisfies Obeyed

  return {
    async obey([name, ...args]) {
      try {
        const run = commands[name] as (...given: readonly unknown[]) => unknown
        return { value: await run(...args) }
      } catch (error) {
        return { error: (error as Error).message }
      }
    },
    async close() {
      const open = [...tokenServers.values(), ...recorders.values()]
      // What a page left behind is no more to be judged.
      await Promise.allSettled(open.map(async (server) => server.close()))
    },
  }
}
