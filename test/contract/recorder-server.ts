import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request, as it came off the wire. */
export interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What it is answered with: always 401 and JSON, so that both protocols would call it expired. */
const answer = JSON.stringify({ code: 1234, message: 'who are you?' })

/** A server of somebody else. It writes down all that it is sent, and says no to everybody. */
export interface Recorder {
  readonly url: string
  readonly host: string
  /** Preflights are not listed. */
  readonly requests: readonly RecordedRequest[]
}

export interface RecorderServer extends Recorder {
  close(): void
}

export async function openRecorder(): Promise<RecorderServer> {
  const requests: RecordedRequest[] = []
  const server = createServer((incoming, response) => {
    const { method = '', url = '', headers } = incoming
    response.setHeader('Access-Control-Allow-Origin', headers.origin ?? '*')
    response.setHeader('Access-Control-Allow-Credentials', 'true')
    if (method === 'OPTIONS' && headers['access-control-request-method']) {
      response.setHeader('Access-Control-Allow-Methods', '*')
      response.setHeader('Access-Control-Allow-Methods', headers['access-control-request-method'])
      response.setHeader(
        'Access-Control-Allow-Headers',
        headers['access-control-request-headers'] ?? '',
      )
      response.writeHead(204).end()
      return
    }
    let body = ''
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()))
    incoming.on('end', () => {
      requests.push({ method, url, headers, body })
      response.setHeader('Content-Type', 'application/json')
      response.writeHead(url.includes('as=200') ? 200 : 401).end(answer)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
