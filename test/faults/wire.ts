import { Agent, request as ask } from 'node:http'
import type { Socket } from 'node:net'

/** A request as it came over the wire. */
export interface RawRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** An answer of the server, ready to be sent on whole, in part, or otherwise framed. */
export interface RawAnswer {
  readonly status: number
  /** Status line and headers, with a length. */
  readonly head: Buffer
  /** Status line and headers, for a body in chunks. */
  readonly chunkedHead: Buffer
  readonly body: Buffer
}

const headEnd = '\r\n\r\n'

function parse(bytes: Buffer): { request: RawRequest; length: number } | undefined {
  const end = bytes.indexOf(headEnd)
  if (end < 0) return undefined
  const [line = '', ...fields] = bytes.toString('latin1', 0, end).split('\r\n')
  const [method = '', target = ''] = line.split(' ')
  const headers: Record<string, string> = {}
  for (const field of fields) {
    const colon = field.indexOf(':')
    headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim()
  }
  if (headers['transfer-encoding']) throw new Error('a request in chunks is not understood here')
  const start = end + headEnd.length
  const length = start + Number(headers['content-length'] ?? 0)
  if (bytes.length < length) return undefined
  return { request: { method, target, headers, body: bytes.subarray(start, length) }, length }
}

/** Calls `handle` for each request of a connection, one after the other. */
export function readRequests(socket: Socket, handle: (request: RawRequest) => Promise<void>): void {
  let bytes = Buffer.alloc(0)
  let isBusy = false
  const next = async (): Promise<void> => {
    if (isBusy) return
    const found = parse(bytes)
    if (!found) return
    bytes = bytes.subarray(found.length)
    isBusy = true
    await handle(found.request)
    isBusy = false
    await next()
  }
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    void next()
  })
}

/** What belongs to one connection, and is not sent on to the next. */
const ofOneConnection = ['connection', 'keep-alive', 'transfer-encoding', 'content-length']

/** Has the server process a request, and waits for the whole answer. */
export function createUpstream(origin: string, connection: 'keep-alive' | 'close') {
  const agent = new Agent({ keepAlive: true })

  function send({ method, target, headers, body }: RawRequest): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const kept = { ...headers }
      delete kept['connection']
      const onward = ask(origin + target, { method, headers: kept, agent })
      onward.on('error', reject)
      onward.on('response', (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('error', reject)
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () => {
          const { statusCode: status = 0, statusMessage = '', rawHeaders } = incoming
          const whole = Buffer.concat(chunks)
          const lines = [`HTTP/1.1 ${status} ${statusMessage}`]
          for (let at = 0; at < rawHeaders.length; at += 2) {
            const name = String(rawHeaders[at])
            if (ofOneConnection.includes(name.toLowerCase())) continue
            lines.push(`${name}: ${String(rawHeaders[at + 1])}`)
          }
          lines.push(`Connection: ${connection}`)
          const head = (framing: string): Buffer =>
            Buffer.from([...lines, framing].join('\r\n') + headEnd, 'latin1')
          resolve({
            status,
            head: head(`Content-Length: ${whole.length}`),
            chunkedHead: head('Transfer-Encoding: chunked'),
            body: whole,
          })
        })
      })
      onward.end(body)
    })
  }

  return { send, close: () => agent.destroy() }
}
