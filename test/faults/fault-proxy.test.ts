import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { faultNamed, faults } from './faults.js'
import { startFaultProxy } from './fault-proxy.js'

const body = JSON.stringify({ accessToken: 'a'.repeat(40), refreshToken: 'b'.repeat(40) })

/** A server that counts what it has done, with a proxy before it. */
async function stand() {
  let done = 0
  const server = createServer((_request, response) => {
    done += 1
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const proxy = await startFaultProxy(`http://127.0.0.1:${port}`)
  onTestFinished(() => {
    proxy.close()
    server.close()
  })
  return { proxy, done: () => done }
}

type Ending = 'refused' | 'reset' | 'closed' | 'open'

/** Long enough to see whether anything more comes (milliseconds). */
const ms = 500

/** What comes, comes in this time, also on a busy machine (milliseconds). */
const longestMs = 8_000

interface Watching {
  /** Requests, one after the other. */
  readonly times?: number
  readonly comes: 'nothing' | 'something' | 'a whole answer'
  /** Whether it is seen what comes after a whole answer. */
  readonly watches?: boolean
}

/** What comes over a bare connection, and how it ends. */
function exchange(url: string, { times = 1, comes, watches = true }: Watching) {
  const request = 'POST /refresh HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}'
  return new Promise<{ text: string; ending: Ending; tookMs: number }>((resolve) => {
    const startedAt = performance.now()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let text = ''
    let sent = 0
    let lastAt = startedAt
    const end = (ending: Ending): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ text, ending, tookMs: lastAt - startedAt })
    }
    let isStarted = false
    let timer = setTimeout(end, comes === 'nothing' ? ms : longestMs, 'open')
    const send = (): void => {
      sent += 1
      socket.write(request)
    }
    socket.on('connect', send)
    socket.on('data', (bytes) => {
      lastAt = performance.now()
      text += bytes.toString('latin1')
      const isWhole = text.endsWith(body)
      if (isWhole || !isStarted) {
        clearTimeout(timer)
        timer = setTimeout(end, isWhole || comes !== 'a whole answer' ? ms : longestMs, 'open')
      }
      isStarted = true
      if (!isWhole) return
      if (sent < times) send()
      else if (!watches) end('open')
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      end(code === 'ECONNREFUSED' ? 'refused' : 'reset'),
    )
    socket.on('close', () => end('closed'))
  })
}

/** Each fault by what a client sees of it: how it ends, and what has come. */
const seen: Readonly<Record<string, readonly [ending: Ending, text: RegExp]>> = {
  'is refused': ['refused', /^$/],
  'is reset at once': ['reset', /^$/],
  'is reset when the request was read': ['reset', /^$/],
  'is closed when the request was read': ['closed', /^$/],
  'was kept alive, and is reset by its next request': ['reset', /b"}$/],
  'is reset when the server has done its work': ['reset', /^$/],
  'is cut in the status line': ['closed', /^HTTP\/1\.1 2$/],
  'is cut in the headers': ['closed', /^HTTP\/1\.1 200 OK\r\n(?![^]*\r\n\r\n)[^]+$/],
  'is cut in the body': ['closed', /Content-Length: 116\r\n\r\n{"acc[^}]*$/],
  'is cut in a chunk': ['closed', /chunked\r\n\r\n74\r\n{"acc[^}]*$/],
  'is cut before its last chunk': ['closed', /chunked\r\n\r\n74\r\n{"acc[^}]*}\r\n$/],
  'loses the request': ['open', /^$/],
  'loses the answer': ['open', /^$/],
  'stalls in the status line': ['open', /^HTTP\/1\.1 2$/],
  'stalls in the headers': ['open', /^HTTP\/1\.1 200 OK\r\n(?![^]*\r\n\r\n)[^]+$/],
  'stalls in the body': ['open', /Content-Length: 116\r\n\r\n{"acc[^}]*$/],
  'never sends its last chunk': ['open', /chunked\r\n\r\n74\r\n{"acc[^}]*}\r\n$/],
  'lets the answer through too slowly to be waited for': ['open', /^H[^{]*$/],
  'lets the answer through byte by byte': ['open', /b"}$/],
  'is slow with the request': ['open', /b"}$/],
  'is slow with the answer': ['open', /b"}$/],
  'is closed after an answer that said it would be kept alive': [
    'closed',
    /Connection: keep-alive[^]*b"}$/,
  ],
  'leads to a server of another protocol': ['closed', /^SSH-2\.0/],
  'brings garbage for the answer': ['closed', /^\0\xff/],
  'leads to a gateway without a server': [
    'closed',
    /^HTTP\/1\.1 502 .*\r\n[^]*text\/html[^]*Sorry/,
  ],
  'leads to a gateway that loses the answer': ['closed', /^HTTP\/1\.1 502 .*\r\n[^]*Sorry/],
  'leads to the page of a hotel': ['closed', /^HTTP\/1\.1 200 OK\r\n[^]*text\/html[^]*Wi-Fi/],
}

test.each(faults)('a connection that $name does so', async (fault) => {
  const { proxy, done } = await stand()
  const times = fault.needsUsed ? 2 : 1
  const injection = proxy.inject({ fault, times: 1 })
  const [ending, text] = seen[fault.name] ?? []
  const comes =
    fault.gives === 'answer' || fault.needsUsed
      ? 'a whole answer'
      : ending === 'open' && text?.source === '^$'
        ? 'nothing'
        : 'something'
  const found = await exchange(proxy.url, { times, comes })
  expect(found).toMatchObject({ ending, text: expect.stringMatching(text ?? /(?!)/) as string })
  expect(done()).toBe(times - 1 + Number(fault.isProcessed))
  if (fault.act !== 'refuse') expect(injection.met).toBe(1)
  if (fault.gives === 'answer' && !fault.leavesClosed) {
    expect(found.tookMs).toBeGreaterThanOrEqual(100)
  }

  await proxy.heal()
  expect(await exchange(proxy.url, { comes: 'a whole answer', watches: false })).toMatchObject({
    text: expect.stringMatching(/b"}$/) as string,
  })
})

test('what is not struck passes unchanged, and is kept alive', async () => {
  const { proxy, done } = await stand()
  const fault = faultNamed('is cut in the body')
  const injection = proxy.inject({ fault, times: 1, matches: ({ target }) => target === '/other' })
  const { text, ending } = await exchange(proxy.url, { times: 3, comes: 'a whole answer' })
  expect(ending).toBe('open')
  expect(text.split('HTTP/1.1 200 OK\r\n')).toHaveLength(4)
  expect(done()).toBe(3)
  expect(injection.met).toBe(0)
  expect(proxy.passages.map(({ isUsed, attempt, status }) => [isUsed, attempt, status])).toEqual([
    [false, 1, 200],
    [true, 2, 200],
    [true, 3, 200],
  ])
})
