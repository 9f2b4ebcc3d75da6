import { SessionEndedError } from 'unexpired'
import { createFetch, type FetchSessionOptions } from 'unexpired/fetch'
import {
  bodyOf,
  LostError,
  answerOf,
  methodOf,
  origin,
  tokenIn,
  urlOf,
  wireOf,
  type Given,
  type Way,
  type WireBody,
} from './way.js'

/** Of a stream that can be sent again: more than any that is sent here. */
const bufferStreamsUpToBytes = 1_000

type Input = Parameters<typeof fetch>[0]

/** What is sent of a body: reading it uses it up, as sending does. */
function read(input: Input, body: RequestInit['body']): string | Promise<string> {
  if (typeof input === 'object' && 'text' in input && body == null) return input.text()
  if (body == null) return ''
  if (body instanceof ArrayBuffer) return new TextDecoder().decode(body)
  return new Response(body).text()
}

/** A body that comes when it comes. */
function streamOf(given: Given): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        await given.ready
        if (given.signal.aborted) return
        controller.enqueue(new TextEncoder().encode(bodyOf(given)))
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

/** A fetch of the session, around one that sends over the simulated network. */
export const byFetch: Way = (session, isByBody) => {
  const header = isByBody ? 'X-Token' : 'Authorization'
  const scheme = isByBody ? '' : 'Bearer'
  const made = new Map<string, Given>()

  const carry = async (input: Input, init: RequestInit = {}): Promise<Response> => {
    const request = typeof input === 'object' && 'url' in input ? input : undefined
    const url = request ? request.url : (input as string)
    const method = init.method ?? request?.method
    const headers = new Headers(init.headers ?? request?.headers)
    const token = headers.get(header) ?? undefined
    headers.delete(header)
    const head = [method, url, ...[...headers].map((each) => each.join(': '))].join('\n')
    if (request?.bodyUsed) throw new TypeError('the body is used up')
    const body = read(input, init.body)
    const sent =
      typeof body === 'string' ? `${head}\n${body}` : body.then((text) => `${head}\n${text}`)
    const given = made.get(url) as Given
    try {
      const wire = wireOf(await given.leave(tokenIn(token, scheme), sent), isByBody)
      const { status } = wire
      return new Response(wire.body, { status, headers: { 'Content-Type': 'application/json' } })
    } catch (error) {
      // As the platform tells of it; an abort rejects with the signal's reason.
      throw error instanceof LostError ? new TypeError('fetch failed', { cause: error }) : error
    }
  }

  const options: FetchSessionOptions = {
    origins: [origin],
    fetch: carry,
    ...(isByBody && {
      header,
      scheme,
      expired: async (response: Response) => ((await response.json()) as WireBody).code === 1234,
    }),
  }
  const sessionFetch = createFetch(session, options)
  const readingFetch = createFetch(session, { ...options, bufferStreamsUpToBytes })

  /** The app calls it, and changes what it gave at once: it is sent as it was. */
  function start(given: Given): Promise<Response> {
    const { id, shape, signal } = given
    const url = urlOf(given)
    const method = methodOf(given)
    const headers = { 'X-Id': id }
    const bytes = new TextEncoder().encode(bodyOf(given))
    const begin = (): Promise<Response> => {
      switch (shape) {
        case 'get':
          return sessionFetch(url, { headers, signal })
        case 'post':
          return sessionFetch(url, { method, headers, signal, body: bytes })
        case 'request':
          return sessionFetch(new Request(url, { method, headers, signal, body: bodyOf(given) }))
        case 'slow':
        case 'once': {
          const body = streamOf(given)
          const init: RequestInit & { duplex: 'half' } = { method, headers, signal, duplex: 'half' }
          return (shape === 'slow' ? readingFetch : sessionFetch)(url, { ...init, body })
        }
      }
    }
    const answered = begin()
    headers['X-Id'] = 'changed since'
    bytes.fill(0)
    return answered
  }

  return async (given) => {
    made.set(urlOf(given), given)
    try {
      const response = await start(given)
      return answerOf(response.status, (await response.json()) as WireBody, isByBody)
    } catch (error) {
      if (error instanceof SessionEndedError && error.response) {
        const response = error.response as Response
        given.shows(answerOf(response.status, (await response.json()) as WireBody, isByBody))
      }
      throw error instanceof TypeError && error.cause instanceof LostError ? error.cause : error
    }
  }
}
