import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { ClientRequest, IncomingHttpHeaders } from 'node:http'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

import { startTokenServer } from 'unexpired/testing'
import type { TokenServer } from 'unexpired/testing'
import { beforeAll, onTestFinished } from 'vitest'

import { buildExample, startProgram } from './example-programs.js'
import type { Ended } from './example-programs.js'
import type { RedisServer } from './harness/redis.js'

/** What the back end takes itself to be called. */
const origin = 'https://app.example.com'

/** One process of the back end. */
interface Instance {
  readonly port: number
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGTERM. */
  stop(): Promise<Ended>
}

interface Surroundings {
  readonly api: string
  readonly redis: string
  /** Of all instances. */
  readonly key: string
}

const freshKey = (): string => randomBytes(32).toString('base64')

async function startInstance(
  program: string,
  { api, redis, key }: Surroundings,
): Promise<Instance> {
  const { child, ended } = startProgram(program, [], {
    API_ORIGIN: api,
    HOST: '127.0.0.1',
    ORIGIN: origin,
    PORT: '0',
    REDIS_URL: redis,
    SESSION_KEY: key,
  })
  const port = await new Promise<number>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (text: string) => {
      said += text
      const found = /port (\d+)\n/.exec(said)?.[1]
      if (found) resolve(Number(found))
    })
    ended.then(({ complained }) => reject(new Error(complained)), reject)
  })
  return {
    port,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** One port for all: each connection is led to the next instance, and past those that are dead. */
async function startBalancer(instances: readonly Instance[]): Promise<number> {
  const sockets = new Set<Socket>()
  let turn = 0
  const lead = (incoming: Socket, tries: number): void => {
    turn += 1
    const outgoing = connect(instances[turn % instances.length]?.port ?? 0, '127.0.0.1')
    sockets.add(outgoing)
    let isConnected = false
    outgoing.once('connect', () => {
      isConnected = true
      incoming.pipe(outgoing).pipe(incoming)
    })
    outgoing.on('error', () => {
      // What was sent once is not sent again.
      if (isConnected || tries === 1) incoming.destroy()
      else lead(incoming, tries - 1)
    })
  }
  const server = createServer((incoming) => {
    sockets.add(incoming)
    incoming.on('error', () => incoming.destroy())
    lead(incoming, instances.length)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

/** What a browser is told. */
interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Asked {
  readonly method?: string
  readonly body?: string
  /** Beside those that a page of the app sends; `undefined` leaves one of these out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** In place of the balancer's. */
  readonly port?: number
}

/** A browser with a page of the app: it keeps cookies, and all that it was ever told. */
interface Browser {
  readonly cookies: Map<string, string>
  readonly received: string[]
  ask(path: string, asked?: Asked): Promise<Answer>
  /** Asks, and goes away without an answer once `until` has resolved. */
  leave(path: string, until: Promise<unknown>, asked?: Asked): Promise<void>
  signIn(username: string): Promise<Answer>
}

export function openBrowser(port: number): Browser {
  const cookies = new Map<string, string>()
  const received: string[] = []

  function begin(path: string, asked: Asked): ClientRequest {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers: Record<string, string> = {}
    const sent: Asked['headers'] = {
      Origin: origin,
      'Sec-Fetch-Site': 'same-origin',
      'X-Requested-With': 'app',
      ...(cookie && { Cookie: cookie }),
      ...(asked.body !== undefined && { 'Content-Type': 'application/json' }),
      ...asked.headers,
    }
    for (const [name, value] of Object.entries(sent)) if (value !== undefined) headers[name] = value
    const { method = 'GET' } = asked
    // A connection each; and the path as it is, whatever a URL would make of it.
    const outgoing = request({
      agent: false,
      host: '127.0.0.1',
      port: asked.port ?? port,
      method,
      path,
      headers,
    })
    outgoing.end(asked.body)
    return outgoing
  }

  async function ask(path: string, asked: Asked = {}): Promise<Answer> {
    const outgoing = begin(path, asked)
    const answer = await new Promise<Answer>((resolve, reject) => {
      outgoing.once('error', reject)
      outgoing.once('response', (incoming) => {
        let body = ''
        incoming.setEncoding('utf8').on('data', (text: string) => (body += text))
        incoming.once('error', reject)
        incoming.once('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }),
        )
      })
    })
    received.push(JSON.stringify(answer))
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      if (/max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }

  return {
    cookies,
    received,
    ask,
    async leave(path, until, asked = {}) {
      const outgoing = begin(path, asked)
      outgoing.on('error', () => undefined)
      await until
      outgoing.destroy()
    },
    signIn: (username) =>
      ask('/sign-in', {
        method: 'POST',
        body: `username=${username}&password=secret`,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      }),
  }
}

/** Three instances behind one port, with a token server that rotates strictly, for one test. */
interface Scene {
  readonly server: TokenServer
  readonly instances: readonly Instance[]
  readonly port: number
  readonly browser: Browser
  /** One more, which no connection is led to. */
  startAnother(): Promise<Instance>
}

/** For the tests of a file: sets such a scene. */
export function useBackEnd(redis: () => RedisServer): () => Promise<Scene> {
  let program = ''
  beforeAll(async () => {
    program = await buildExample('bff-hono')
  })
  return async () => {
    const server = await startTokenServer({ rotation: 'strict' })
    onTestFinished(() => server.close())
    const surroundings = { api: server.url, redis: redis().url, key: freshKey() }
    const startAnother = () => startInstance(program, surroundings)
    const instances = await Promise.all([startAnother(), startAnother(), startAnother()])
    const port = await startBalancer(instances)
    return { server, instances, port, browser: openBrowser(port), startAnother }
  }
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** So many requests at once. */
export const herd = (count: number, browser: Browser): Promise<Answer[]> =>
  Promise.all(times(count, (index) => browser.ask(`/api/orders/${index}`)))

/** What the API says that it was sent. */
export const echo = ({ body }: Answer) => JSON.parse(body) as Record<string, unknown>

export const statuses = (answers: readonly Answer[]): number[] =>
  answers.map(({ status }) => status)

export const all = (count: number, status: number): number[] => times(count, () => status)
