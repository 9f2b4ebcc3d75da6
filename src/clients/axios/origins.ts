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

/** What counts of a URL here. */
interface Place {
  /** `undefined` where there is none, as for `data:` and in sandboxed pages. */
  readonly origin: string | undefined
  readonly hasUser: boolean
}

/** A URL whose origin is plain to see. */
const plainUrl = /^(https?):\/\/([\w.-]+)(?::(\d{1,5}))?(?=[/?#]|$)/i

/** Where a URL leads, from the page where it is relative. */
export function placeOf(url: string): Place {
  try {
    const { origin, username, password } = new URL(url, pageUrl())
    return { origin: origin === 'null' ? undefined : origin, hasUser: !!(username || password) }
  } catch {
    // It is none; or the URL class knows no origins, as in older React Native.
    const [, scheme = '', host, port] = plainUrl.exec(url) ?? []
    const isUsual = !port || Number(port) === (scheme.length === 5 ? 443 : 80)
    const origin = host && `${scheme}://${host}${isUsual ? '' : `:${Number(port)}`}`.toLowerCase()
    return { origin, hasUser: false }
  }
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
      last = { base, origin: placeOf(base).origin, isPlain: plainBase.test(base) }
    }
    return last
  }

  function isAllowed(origin: string | undefined): boolean {
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
    isAllowed: (url) => isAllowed(placeOf(url).origin),

    mayCarry(config) {
      const { baseURL, url = '', allowAbsoluteUrls } = config
      const isJoined = baseURL && (allowAbsoluteUrls === false || !isAbsolute(url))
      if (isJoined && !origins && baseURL === baseUrl() && aboutBase(baseURL).isPlain) return true
      const { origin, hasUser } = placeOf(
        isJoined ? `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}` : url,
      )
      // axios makes a credential of its own of these.
      if (isAuthorization && hasUser) return false
      return isAllowed(origin)
    },
  }
}
