import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decode, encode } from './commands.js'
import type { Command, News } from './commands.js'
import { createServers } from './servers.js'

/** The tests of a page have little to compute and much to wait for; as many run at one time. */
export const lanes = 6

const html = (body: string): string =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>contract</title>${body}`

const page = html(
  Array.from(
    { length: lanes },
    (_, lane) => `<iframe src="/lane.html?lane=${lane}&lanes=${lanes}"></iframe>`,
  ).join(''),
)

const pages: Readonly<Record<string, string>> = {
  '/': page,
  '/lane.html': html('<script type="module" src="/contract.js"></script>'),
}

export interface HostOptions {
  /** The contract, as a module. */
  readonly script: string
  /** Where the tests stand that are to run. */
  readonly wanted: readonly (readonly string[])[]
  hear(news: News): void
}

export interface Host {
  /** The page that runs the contract as soon as it is opened. */
  readonly url: string
  close(): Promise<void>
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const part of incoming.setEncoding('utf8')) text += part as string
  return decode(text)
}

/** Serves the page, does what it commands, and hears what it has to say. */
export async function openHost({ script, wanted, hear }: HostOptions): Promise<Host> {
  const servers = createServers()

  async function answer(incoming: IncomingMessage): Promise<[type: string, body: string]> {
    const [path = '/'] = (incoming.url ?? '/').split('?', 1)
    switch (path) {
      case '/contract.js':
        return ['text/javascript', script]
      case '/wanted':
        return ['application/json', encode(wanted)]
      case '/command':
        return ['application/json', encode(await servers.obey((await bodyOf(incoming)) as Command))]
      case '/news':
        hear((await bodyOf(incoming)) as News)
        return ['application/json', '{}']
      default:
        return ['text/html', pages[path] ?? '']
    }
  }

  function serve(incoming: IncomingMessage, response: ServerResponse): void {
    answer(incoming).then(
      ([type, body]) => {
        // Requests of the contract that lead to us lead nowhere.
        if (body === '') response.writeHead(404)
        else response.setHeader('Content-Type', `${type}; charset=utf-8`)
        response.end(body)
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  }

  const server = createServer(serve)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.close()
      server.closeAllConnections()
      await servers.close()
    },
  }
}
