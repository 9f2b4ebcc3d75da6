import { mayShow, shownUpTo } from '../shown-bodies.js'
import { joined } from './body.js'

/** What `expired` is given in place of a response, so that the caller's body stays unread. */
export interface ShownResponse {
  readonly response: Response
  /** Its body was asked for, and is not shown, or broke off. */
  isHidden(): boolean
}

/** Reads nothing before it is asked for. */
export function showResponse(given: Response): ShownResponse {
  const { body, status, statusText, headers, url, redirected, type } = given
  // Without a stream (204, React Native) there is nothing to wait for.
  if (!body) return { response: given.clone(), isHidden: () => false }
  let isHidden = false
  const lazy = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Also where it breaks off: the caller will see that.
        isHidden = true
        const bytes = await shortBodyOf(given)
        if (!bytes) throw new TypeError('[unexpired] createFetch: expired: this body is not shown')
        isHidden = false
        controller.enqueue(bytes)
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const response = new Response(lazy, { statusText, headers })
  // Not through the constructor, which does not take every status that servers send.
  for (const [key, value] of Object.entries({ status, ok: given.ok, url, redirected, type })) {
    Object.defineProperty(response, key, { value })
  }
  return { response, isHidden: () => isHidden }
}

/** The whole body, where it may be waited for and is short; the caller's stays as it is. */
async function shortBodyOf(given: Response): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { headers } = given
  if (!mayShow(headers.get('content-type'), headers.get('content-length'))) return undefined
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
