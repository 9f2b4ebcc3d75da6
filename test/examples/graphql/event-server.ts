import type { ServerResponse } from 'node:http'
import type { TokenServerOptions } from 'unexpired/testing'
import { startBackEnd, type BackEnd, type Handler } from './back-end.js'

/** Whose it was, what it sent as `Last-Event-ID`, and how it was answered. */
interface EventRequest {
  readonly user: string | undefined
  readonly lastId: string | undefined
  readonly status: number
}

/** An event stream at `/events`, which goes on after `Last-Event-ID`. */
export interface EventServer extends BackEnd {
  /** Each request for it. */
  readonly requests: readonly EventRequest[]
  /** How many streams are open. */
  open(): number
  /** An event for all, also for those that come back later. */
  emit(data: string): void
  /** Ends all streams, as a server does when tokens expire. */
  end(): void
  /** Cuts all connections. */
  cut(): void
}

export interface EventServerOptions extends TokenServerOptions {
  /** What it tells clients to wait before they come back. Milliseconds. */
  readonly retryMs?: number
  /** A status for all who have a good token. */
  readonly status?: number
}

export async function startEventServer({
  retryMs = 1,
  status = 200,
  ...options
}: EventServerOptions = {}): Promise<EventServer> {
  const requests: EventRequest[] = []
  const events: string[] = []
  const streams = new Set<ServerResponse>()

  const write = (stream: ServerResponse, index: number): void =>
    void stream.write(`id: ${index + 1}\ndata: ${events[index]}\n\n`)

  const handler: Handler = async (incoming, response, { admit }) => {
    const user = await admit(incoming.headers.authorization)
    const lastId = incoming.headers['last-event-id']?.toString()
    const answer = user === undefined ? 401 : status
    requests.push({ user, lastId, status: answer })
    if (answer !== 200) {
      response.writeHead(answer, { 'Content-Type': 'application/json' }).end('{}')
      return
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(`retry: ${retryMs}\n\n`)
    streams.add(response)
    response.on('close', () => streams.delete(response))
    for (let index = Number(lastId ?? 0); index < events.length; index++) write(response, index)
  }

  const backEnd = await startBackEnd({ '/events': handler }, options)
  return {
    ...backEnd,
    requests,
    open: () => streams.size,
    emit(data) {
      const index = events.push(data) - 1
      for (const stream of streams) write(stream, index)
    },
    end() {
      for (const stream of streams) stream.end()
    },
    cut() {
      for (const stream of streams) stream.destroy()
    },
  }
}
