import type { InternalAxiosRequestConfig } from 'axios'
import { SessionError } from '../../core/errors.js'

/** As axios has it: such a URL ignores `baseURL`. */
const absolute = /^(?:[a-z][a-z\d+\-.]*:)?\/\//i

/** Most URLs begin with one slash: that is seen sooner. */
const isAbsolute = (url: string): boolean =>
  url[0] === '/' && url[1] !== '/' ? false : absolute.test(url)

/** A base that leaves no doubt about the origin, whatever is put behind it and a slash. */
const plainBase = /^https?:\/\/[\w.-]+(?::\d+)?(?:\/[\w./~-]*)?$/i

const pageUrl = (): string | undefined =>
  (globalThis as { location?: { href?: string } }).location?.href

/** A URL, taken from the page's where it is relative; `undefined` where that gives none. */
function parse(url: string): URL | undefined {
  try {
    return new URL(url, pageUrl())
  } catch {
    return undefined
  }
}

/** `undefined` where there is none, as for `data:` and in sandboxed pages. */
function originOf(url: URL | undefined): string | undefined {
  return url?.origin === 'null' ? undefined : url?.origin
}

/** Tells who may see the token. */
export interface OriginCheck {
  isAllowed(this: void, url: string): boolean
  /** @throws SessionError `origin-unknown` */
  mayCarry(config: InternalAxiosRequestConfig): boolean
}

/**
 * Tells which requests may carry the token (G39).
 *
 * @param origins - those that the app named
 * @param baseUrl - the instance's, at the time of the request
 * @param isAuthorization - the token goes into that header, which a user name in the URL would take
 */
export function createOriginCheck(
  origins: ReadonlySet<string> | undefined,
  baseUrl: () => string | undefined,
  isAuthorization: boolean,
): OriginCheck {
  /** Of bases there is one as a rule: what is found out about it is remembered. */
  let last: { base: string; origin: string | undefined; isPlain: boolean } | undefined

  function aboutBase(base: string) {
    if (base !== last?.base) {
      last = { base, origin: originOf(parse(base)), isPlain: plainBase.test(base) }
    }
    return last
  }

  function isAllowed(url: URL | undefined): boolean {
    const origin = originOf(url)
    if (origins) return origin !== undefined && origins.has(origin)
    const own = aboutBase(baseUrl() ?? '').origin
    if (own === undefined) {
      throw new SessionError(
        'origin-unknown',
        'attachSession: without baseURL or page it is unknown who may see the token: pass `origins`',
      )
    }
    return origin === own
  }

  return {
    isAllowed: (url) => isAllowed(parse(url)),

    mayCarry(config) {
      const { baseURL, url = '', allowAbsoluteUrls } = config
      const isJoined = baseURL && (allowAbsoluteUrls === false || !isAbsolute(url))
      if (isJoined && !origins && baseURL === baseUrl() && aboutBase(baseURL).isPlain) return true
      const full = parse(
        isJoined ? `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}` : url,
      )
      // axios makes a credential of its own of these.
      if (isAuthorization && (full?.username || full?.password)) return false
      return isAllowed(full)
    },
  }
}
