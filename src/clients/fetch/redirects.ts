import { discard, isReplayable } from '../bodies.js'

/** A request on its way through redirects. */
export interface Course {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  /** It is sent on with its body, which is an obstacle if that is used up. */
  readonly body: RequestInit['body']
  /** The credential has come along so far. */
  readonly isSigned: boolean
}

/** Where it has led. */
export interface Arrival {
  readonly response: Response
  readonly course: Course
}

/** As the platform has it. */
const mostRedirects = 20

/** They go with the body (Fetch standard, "request-body-header name"). */
const bodyHeaders = ['content-encoding', 'content-language', 'content-location', 'content-type']

/** What the platform keeps from other origins. */
const ownHeaders = ['authorization', 'proxy-authorization', 'cookie', 'host']

/**
 * Follows redirects by hand, as the Fetch standard does, and takes the credential off where it may not
 * go: the platform knows of `Authorization` alone. Pages cannot look at redirects: there they are refused.
 *
 * @param first - the answer, asked for with `redirect: 'manual'`
 * @param names - the headers of the credential
 * @param send - sends what comes next, in the same way
 * @throws TypeError as fetch does, also where the redirect is refused
 */
export async function followRedirects(
  first: Response,
  start: Course,
  names: readonly string[],
  isAllowed: (url: string) => boolean,
  send: (course: Course) => Promise<Response>,
): Promise<Arrival> {
  let response = first
  let course = start
  for (let followed = 0; ; followed += 1) {
    const { type, status, headers } = response
    if (type === 'opaqueredirect') throw refusal('it could carry the credential elsewhere unseen')
    const location = isRedirect(status) ? headers.get('location') : null
    if (location === null) {
      return { response: followed ? asRedirected(response) : response, course }
    }
    discard(response.body)
    const next = new URL(readable(location), course.url)
    if (followed === mostRedirects) throw refusal(`there were ${mostRedirects} before it`)
    if (!/^https?:$/.test(next.protocol)) throw refusal(`it leads to ${next.protocol}`)
    course = nextCourse(course, status, next)
    if (!isAllowed(next.href)) {
      for (const name of names) course.headers.delete(name)
      course = { ...course, isSigned: false }
    }
    response = await send(course)
  }
}

/** As the platform's own following marks it; a copy is one too. */
function asRedirected(response: Response): Response {
  const { clone } = response
  return Object.defineProperties(response, {
    redirected: { value: true, configurable: true },
    clone: { value: () => asRedirected(clone.call(response)), configurable: true },
  })
}

/** Servers write UTF-8 into headers, of which each byte comes as a character. */
function readable(location: string): string {
  if (/[^\0-\xff]/.test(location)) return location
  try {
    const bytes = Uint8Array.from(location, (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return location
  }
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

function nextCourse(course: Course, status: number, next: URL): Course {
  const { url, method, headers: before, body } = course
  if (status !== 303 && !isReplayable(body)) throw refusal('its body can be sent only once')
  const headers = new Headers(before)
  if (next.origin !== new URL(url).origin) for (const name of ownHeaders) headers.delete(name)
  const isPost = method === 'POST' && (status === 301 || status === 302)
  if (isPost || (status === 303 && method !== 'GET' && method !== 'HEAD')) {
    for (const name of bodyHeaders) headers.delete(name)
    return { ...course, url: next.href, method: 'GET', headers, body: null }
  }
  return { ...course, url: next.href, headers }
}

const refusal = (why: string): TypeError =>
  new TypeError(`[unexpired] createFetch: a redirect was refused: ${why}`)
