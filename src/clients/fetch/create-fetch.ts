import { portOf } from '../../core/port.js'
import type { Session } from '../../core/session-face.js'
import { isAllowedOrigin, pageOrigin, placeOf } from '../places.js'
import { readUpTo } from './buffered-stream.js'
import { hasHeader } from './headers.js'
import { ownInit, type SessionRequestInit } from './init.js'
import { readFetchOptions, type FetchSessionOptions } from './options.js'
import { FetchRequest, type FetchClient } from './request.js'

type Input = Parameters<typeof fetch>[0]

/**
 * The platform's fetch, with one more option on a request. `session: false`: the session does not touch
 * it. `session: { replay: false }`: turned away, it is not sent again.
 */
export type SessionFetch = typeof fetch &
  ((input: Parameters<typeof fetch>[0], init?: SessionRequestInit) => Promise<Response>)

/**
 * Makes a fetch that sends requests with the session's access token, and keeps it fresh: expired tokens
 * are refreshed once, requests that need the new ones wait, and those that were turned away are sent
 * again. It takes and returns what the platform's fetch does, so it can be passed wherever one is
 * expected.
 *
 * @throws SessionError `invalid-option`; the fetch that it returns rejects with `origin-unknown` where
 * there is no page, and no `origins` were named
 * @example
 * ```ts
 * const api = createFetch(session)
 * const response = await api('/api/me')
 * await api('/api/public', { session: false })
 * ```
 */
export function createFetch(session: Session, options: FetchSessionOptions = {}): SessionFetch {
  const port = portOf(session, 'createFetch')
  const ready = readFetchOptions(options)
  const prefixes = [...(ready.origins ?? [])].map((origin) => `${origin}/`)
  const client: FetchClient = {
    options: ready,
    // Unbound, as the platform's wants to be called; and late, as others may have put in theirs.
    fetch(input, init) {
      const send = ready.fetch ?? globalThis.fetch
      return send(input, init)
    },
    isAllowed(url) {
      // Most URLs begin so, and after the slash nothing can change where they lead.
      for (const prefix of prefixes) if (url.startsWith(prefix)) return true
      const { origin } = placeOf(url)
      return isAllowedOrigin(origin, ready.origins, pageOrigin, 'createFetch: without a page')
    },
  }

  return (input: Input, given?: SessionRequestInit): Promise<Response> => {
    try {
      const claim = port.claim(given?.signal)
      const { session: how, ...init } = ownInit(given)
      const request = isRequest(input) ? input : String(input)
      const [url, own] = typeof request === 'string' ? [request] : [request.url, request]
      const isOther = how === false || hasHeader(init.headers ?? own?.headers ?? {}, ready.header)
      if (isOther || !client.isAllowed(url)) return client.fetch(input, init)
      const authorize = (): Promise<Response> =>
        port.authorize(claim, new FetchRequest(client, request, init, how))
      const { body, signal = own?.signal } = init
      const limit = how?.replay === false ? 0 : ready.bufferStreamsUpToBytes
      if (!limit || !isStream(body)) return authorize()
      return readUpTo(body, limit, signal ?? undefined).then((read) => {
        init.body = read
        return authorize()
      })
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

const isRequest = (input: Input): input is Request =>
  typeof input === 'object' && 'clone' in input && 'headers' in input

const isStream = (body: RequestInit['body']): body is ReadableStream<Uint8Array> =>
  typeof (body as Partial<ReadableStream> | undefined)?.getReader === 'function'
