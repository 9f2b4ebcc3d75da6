import type { Exchange, Fault } from './fault.js'
import type { RawAnswer } from './wire.js'

/** Long enough to be seen, and far shorter than anybody waits (milliseconds). */
const delayMs = 120

/** From one byte to the next, where the answer would take longer than anybody waits (milliseconds). */
const trickleMs = 100

const whole = ({ head, body }: RawAnswer): Buffer => Buffer.concat([head, body])

const half = (bytes: Buffer): Buffer => bytes.subarray(0, Math.ceil(bytes.length / 2))

const page = (title: string): string => `<!doctype html><title>${title}</title><p>Sorry.</p>`

const answerOfAProxy = (status: string, html: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${html.length}\r\n` +
  `Connection: close\r\n\r\n${html}`

/** What is left of the answer where the connection breaks. */
const parts = {
  'the status line': ({ head }: RawAnswer) => head.subarray(0, 'HTTP/1.1 2'.length),
  'the headers': ({ head }: RawAnswer) => half(head),
  'the body': ({ head, body }: RawAnswer) => Buffer.concat([head, half(body)]),
  // Its size says more than comes.
  'a chunk': ({ chunkedHead, body }: RawAnswer) =>
    Buffer.concat([chunkedHead, Buffer.from(`${body.length.toString(16)}\r\n`), half(body)]),
  // All of the body, but not its end.
  'its last chunk': ({ chunkedHead, body }: RawAnswer) =>
    Buffer.concat([
      chunkedHead,
      Buffer.from(`${body.length.toString(16)}\r\n`),
      body,
      Buffer.from('\r\n'),
    ]),
}

type Part = keyof typeof parts

const showsStatus = (part: Part) =>
  part === 'the status line' || part === 'the headers' ? {} : { showsStatus: true as const }

const cut = (part: Part): Fault => ({
  name: part === 'its last chunk' ? 'is cut before its last chunk' : `is cut in ${part}`,
  gives: 'error',
  isProcessed: true,
  ...showsStatus(part),
  act: async ({ ask, end }) => end(parts[part](await ask())),
})

const stalls = (part: Part): Fault => ({
  name: part === 'its last chunk' ? 'never sends its last chunk' : `stalls in ${part}`,
  gives: 'silence',
  isProcessed: true,
  ...showsStatus(part),
  act: async ({ ask, write }) => write(parts[part](await ask())),
})

/** One byte after the other; where the machine is slow, it is not slower for that. */
async function byteByByte(exchange: Exchange, bytes: Buffer, msAByte: number): Promise<void> {
  const startedAt = performance.now()
  for (let at = 0; at < bytes.length && !exchange.isGone(); at += 1) {
    await exchange.write(bytes.subarray(at, at + 1))
    const earlyMs = startedAt + at * msAByte - performance.now()
    if (earlyMs > 0) await exchange.pause(earlyMs)
  }
}

/** All that networks, servers and proxies do to a request. */
export const faults: readonly Fault[] = [
  { name: 'is refused', gives: 'error', isProcessed: false, act: 'refuse' },
  { name: 'is reset at once', gives: 'error', isProcessed: false, act: 'reset at once' },
  {
    name: 'is reset when the request was read',
    gives: 'error',
    isProcessed: false,
    act: ({ reset }) => reset(),
  },
  {
    name: 'is closed when the request was read',
    gives: 'error',
    isProcessed: false,
    act: ({ end }) => end(),
  },
  {
    name: 'was kept alive, and is reset by its next request',
    gives: 'error',
    isProcessed: false,
    needsUsed: true,
    act: ({ reset }) => reset(),
  },
  {
    name: 'is reset when the server has done its work',
    gives: 'error',
    isProcessed: true,
    act: async ({ ask, reset }) => {
      await ask()
      reset()
    },
  },
  // Not reset there: whether the bytes before are still heard is the kernel's affair, and chance.
  cut('the status line'),
  cut('the headers'),
  cut('the body'),
  cut('a chunk'),
  cut('its last chunk'),
  { name: 'loses the request', gives: 'silence', isProcessed: false, act: () => undefined },
  {
    name: 'loses the answer',
    gives: 'silence',
    isProcessed: true,
    act: async ({ ask }) => void (await ask()),
  },
  stalls('the status line'),
  stalls('the headers'),
  stalls('the body'),
  stalls('its last chunk'),
  {
    name: 'lets the answer through too slowly to be waited for',
    gives: 'silence',
    isProcessed: true,
    act: async (exchange) => byteByByte(exchange, whole(await exchange.ask()), trickleMs),
  },
  {
    name: 'lets the answer through byte by byte',
    gives: 'answer',
    isProcessed: true,
    async act(exchange) {
      const bytes = whole(await exchange.ask())
      await byteByByte(exchange, bytes, delayMs / bytes.length)
    },
  },
  {
    name: 'is slow with the request',
    gives: 'answer',
    isProcessed: true,
    async act({ ask, pause, write }) {
      await pause(delayMs)
      await write(whole(await ask()))
    },
  },
  {
    name: 'is slow with the answer',
    gives: 'answer',
    isProcessed: true,
    async act({ ask, pause, write }) {
      const answer = whole(await ask())
      await pause(delayMs)
      await write(answer)
    },
  },
  {
    name: 'is closed after an answer that said it would be kept alive',
    gives: 'answer',
    isProcessed: true,
    leavesClosed: true,
    act: async ({ ask, end }) => end(whole(await ask())),
  },
  {
    name: 'leads to a server of another protocol',
    gives: 'error',
    isProcessed: false,
    act: ({ end }) => end('SSH-2.0-OpenSSH_9.2p1\r\n'),
  },
  {
    name: 'brings garbage for the answer',
    gives: 'error',
    isProcessed: true,
    act: async ({ ask, end }) => {
      const { head } = await ask()
      end(Buffer.concat([Buffer.from([0, 255]), Buffer.from(head).reverse()]))
    },
  },
  {
    name: 'leads to a gateway without a server',
    gives: 'bad gateway',
    isProcessed: false,
    act: ({ end }) => end(answerOfAProxy('502 Bad Gateway', page('502'))),
  },
  {
    name: 'leads to a gateway that loses the answer',
    gives: 'bad gateway',
    isProcessed: true,
    async act({ ask, end }) {
      await ask()
      end(answerOfAProxy('502 Bad Gateway', page('502')))
    },
  },
  {
    name: 'leads to the page of a hotel',
    gives: 'portal',
    isProcessed: false,
    act: ({ end }) => end(answerOfAProxy('200 OK', page('Welcome to our Wi-Fi'))),
  },
]

/** One of them, by its name. */
export function faultNamed(name: string): Fault {
  const found = faults.find((fault) => fault.name === name)
  if (!found) throw new Error(`there is no fault that ${name}`)
  return found
}
