import { discard } from '../bodies.js'
import { absoluteUrl } from '../places.js'
import type { Fetch } from './options.js'

/** A request in plain words, which can be sent again to another URL. */
export interface PlainRequest extends RequestInit {
  readonly method: string
  readonly url: string
  readonly headers: Headers
}

/** As the platform has it. */
const mostRedirects = 20

/** They go with the body (Fetch standard, "request-body-header name"). */
const bodyHeaders = ['content-encoding', 'content-language', 'content-location', 'content-type']

/**
 * Follows redirects by hand, as the Fetch standard does, and takes the credential off where it may not
 * go: the platform knows of `Authorization` alone. Pages cannot look at redirects: there they are refused.
 *
 * @param names - the headers of the credential
 * @throws TypeError as fetch does, also where the redirect is refused
 */
export async function fetchFollowing(
  fetch: Fetch,
  request: PlainRequest,
  names: readonly string[],
  isAllowed: (url: string) => boolean,
): Promise<Response> {
  let { url, ...init } = request
  url = absoluteUrl(url)
  for (let followed = 0; ; followed += 1) {
    const response = await fetch(url, { ...init, redirect: 'manual' })
    const { type, status, headers: answered } = response
    if (type === 'opaqueredirect') throw refusal('it could carry the credential elsewhere unseen')
    const location = isRedirect(status) ? answered.get('location') : null
    if (location === null) {
      if (followed) Object.defineProperty(response, 'redirected', { value: true })
      return response
    }
    discard(response.body)
    const next = new URL(location, url)
    if (followed === mostRedirects) throw refusal(`there were ${mostRedirects} before it`)
    if (!/^https?:$/.test(next.protocol)) throw refusal(`it leads to ${next.protocol}`)
    init = nextInit(init, status, next.origin === new URL(url).origin)
    if (!isAllowed(next.href)) for (const name of names) init.headers.delete(name)
    url = next.href
  }
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

type Init = Omit<PlainRequest, 'url'>

function nextInit({ body, ...init }: Init, status: number, isSameOrigin: boolean): Init {
  const headers = new Headers(init.headers)
  if (!isSameOrigin) headers.delete('authorization')
  const { method } = init
  const isPost = method === 'POST' && (status === 301 || status === 302)
  if (isPost || (status === 303 && method !== 'GET' && method !== 'HEAD')) {
    for (const name of bodyHeaders) headers.delete(name)
    return { ...init, method: 'GET', headers }
  }
  if (typeof (body as ReadableStream | undefined)?.getReader === 'function') {
    throw refusal('its body is a stream, which has been sent')
  }
  return body == null ? { ...init, headers } : { ...init, headers, body }
}

const refusal = (why: string): TypeError =>
  new TypeError(`[unexpired] createFetch: a redirect was refused: ${why}`)
