import { EventEmitter, on } from 'node:events'
import { buildSchema, execute, parse, subscribe, validate } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import type { TokenServerOptions } from 'unexpired/testing'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { startBackEnd, type BackEnd } from './back-end.js'

/** GraphQL over WebSocket, at `/graphql`. */
export interface SocketServer extends BackEnd {
  /** Who each connection was of, `undefined` for those that were turned away. */
  readonly connections: readonly (string | undefined)[]
  /** How many subscriptions are open. */
  open(): number
  tick(ticks: number): void
  /** Closes all sockets, as a server does when tokens expire. */
  close(): void
}

export interface SocketServerOptions extends TokenServerOptions {
  /** What it closes sockets with whose tokens are not good. @defaultValue 4403, as graphql-ws does */
  readonly code?: number
  /** How long it waits for a token. Milliseconds. */
  readonly waitsMs?: number
  /** Turns everybody away. */
  readonly forbidden?: boolean
}

const schema = buildSchema('type Query { me: String } type Subscription { ticks: Int! }')

export async function startSocketServer({
  code = 4403,
  waitsMs = 10_000,
  forbidden = false,
  ...options
}: SocketServerOptions = {}): Promise<SocketServer> {
  const { onUpgrade, ...backEnd } = await startBackEnd({}, options)
  const connections: (string | undefined)[] = []
  const ticks = new EventEmitter()
  const server = new WebSocketServer({ noServer: true })
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
  })
  onUpgrade((incoming, socket, head) =>
    server.handleUpgrade(incoming, socket, head, (accepted) =>
      server.emit('connection', accepted, incoming),
    ),
  )
  useServer(
    {
      schema,
      // Of one copy of graphql: it may be loaded as ESM here, and as CommonJS there.
      ...{ parse, validate, execute, subscribe },
      roots: { subscription: { ticks: () => each(ticks) } },
      connectionInitWaitTimeout: waitsMs,
      async onConnect({ connectionParams, extra }) {
        const user = await backEnd.admit(`Bearer ${String(connectionParams?.['token'])}`)
        connections.push(forbidden ? undefined : user)
        if (user !== undefined && !forbidden) return true
        extra.socket.close(code)
        return false
      },
    },
    server,
    0,
  )
  return {
    ...backEnd,
    connections,
    open: () => ticks.listenerCount('tick'),
    tick: (number) => void ticks.emit('tick', number),
    close() {
      for (const socket of server.clients) socket.close(code)
    },
  }
}

/** Ends as soon as it is told to, also while it waits. */
function each(ticks: EventEmitter): AsyncIterableIterator<{ ticks: unknown }> {
  const events = on(ticks, 'tick')
  return {
    async next() {
      const { done, value } = (await events.next()) as IteratorResult<unknown[], undefined>
      return done ? { done, value } : { value: { ticks: value[0] } }
    },
    async return() {
      await events.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
