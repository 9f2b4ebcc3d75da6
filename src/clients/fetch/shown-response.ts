import { discard } from '../bodies.js'
import { mayShow, shownUpTo } from '../shown-bodies.js'
import { joined } from './body.js'

/** What `expired` is given in place of a response, so that the caller's body stays unread. */
export interface ShownResponse {
  readonly response: Response
  /** Its body was asked for, and is not shown, or broke off. */
  isHidden(): boolean
}

/** What reads the body, or leads to it. */
const bodyKeys: ReadonlySet<string | symbol> = new Set([
  'arrayBuffer',
  'blob',
  'body',
  'bodyUsed',
  'bytes',
  'clone',
  'formData',
  'json',
  'text',
])

/** Costs next to nothing, and reads nothing, before the body is asked for. */
export function showResponse(given: Response): ShownResponse {
  let isHidden = false
  let copy: Response | undefined

  /** Without a stream (204, React Native) there is nothing to wait for. */
  const copied = (): Response =>
    given.body && !isSaidShort(given)
      ? standIn(given, new ReadableStream({ pull }, { highWaterMark: 0 }))
      : given.clone()

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    // Also where it breaks off: the caller will see that.
    isHidden = true
    const bytes = await shortBodyOf(given)
    if (!bytes) throw new TypeError('[unexpired] createFetch: expired: this body is not shown')
    isHidden = false
    controller.enqueue(bytes)
    controller.close()
  }

  const response = new Proxy(given, {
    get(target, key) {
      const from = bodyKeys.has(key) ? (copy ??= copied()) : target
      const value: unknown = Reflect.get(from, key, from)
      return typeof value === 'function' ? (value.bind(from) as unknown) : value
    },
  })
  return { response, isHidden: () => isHidden }
}

/** A copy of it keeps its status, where that is one that a Response may be made with. */
function standIn({ status, statusText, headers }: Response, body: ReadableStream): Response {
  const isUsual = status >= 200 && status <= 599
  return new Response(body, { headers, ...(isUsual ? { status, statusText } : {}) })
}

/** Its length is said, and is what it will be. */
const isSaidShort = ({ headers }: Response): boolean =>
  headers.has('content-length') && !headers.has('content-encoding') && mayShowOf(headers)

const mayShowOf = (headers: Headers): boolean =>
  mayShow(headers.get('content-type'), headers.get('content-length'))

/** The whole body, where it may be waited for and is short; the caller's stays as it is. */
async function shortBodyOf(given: Response): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = mayShowOf(given.headers) ? given.clone().body?.getReader() : undefined
  return reader && readShort(reader)
}

/**
 * Takes a short answer off the wire, so that its connection is free for the refresh; of a longer one
 * nobody reads more. What was taken can still be read.
 *
 * @returns what lets go of it
 */
export function soak(given: Response): () => void {
  const reader = given.body && !given.bodyUsed ? given.clone().body?.getReader() : undefined
  const letGo = (): void => {
    reader?.cancel().catch(() => undefined)
    discard(given.body)
  }
  if (reader) readShort(reader).then((bytes) => bytes ?? letGo(), letGo)
  return letGo
}

async function readShort(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return joined(chunks, length)
    chunks.push(value)
    length += value.length
    if (length <= shownUpTo) continue
    // The other half goes on by itself.
    reader.cancel().catch(() => undefined)
    return undefined
  }
}
