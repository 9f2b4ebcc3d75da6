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
      ? new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { headers: given.headers })
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

/** Its length is said, and is what it will be. */
const isSaidShort = ({ headers }: Response): boolean =>
  headers.has('content-length') && !headers.has('content-encoding') && mayShowOf(headers)

const mayShowOf = (headers: Headers): boolean =>
  mayShow(headers.get('content-type'), headers.get('content-length'))

/** The whole body, where it may be waited for and is short; the caller's stays as it is. */
async function shortBodyOf(given: Response): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!mayShowOf(given.headers)) return undefined
  const { body } = given.clone()
  if (!body) return undefined
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return joined(chunks, length)
    chunks.push(value)
    length += value.length
    if (length <= shownUpTo) continue
    // The other half goes on by itself.
    void reader.cancel()
    return undefined
  }
}
