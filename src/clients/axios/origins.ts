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

/** The origin of a URL, taken from the page's where it is relative; `undefined` where it has none. */
function originOf(url: string): string | undefined {
  try {
    const { origin } = new URL(url, pageUrl())
    return origin === 'null' ? undefined : origin
  } catch {
    return undefined
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
 */
export function createOriginCheck(
  origins: ReadonlySet<string> | undefined,
  baseUrl: () => string | undefined,
): OriginCheck {
  /** Of bases there is one as a rule: what is found out about it is remembered. */
  let last: { base: string; origin: string | undefined; isPlain: boolean } | undefined

  function aboutBase(base: string) {
    if (base !== last?.base) last = { base, origin: originOf(base), isPlain: plainBase.test(base) }
    return last
  }

  function isAllowed(origin: string | undefined): boolean {
    if (origin === undefined) return false
    if (origins) return origins.has(origin)
    const own = aboutBase(baseUrl() ?? '').origin
    if (own === undefined) {
      throw new SessionError(
        'origin-unknown',
        'attachSession: there is no baseURL and no page, so it is unknown who may see the token: pass `origins`',
      )
    }
    return origin === own
  }

  return {
    isAllowed: (url) => isAllowed(originOf(url)),

    mayCarry(config) {
      const { baseURL, url = '', allowAbsoluteUrls } = config
      const isJoined = baseURL && (allowAbsoluteUrls === false || !isAbsolute(url))
      if (!isJoined) return isAllowed(originOf(url))
      if (!origins && baseURL === baseUrl() && aboutBase(baseURL).isPlain) return true
      return isAllowed(originOf(`${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`))
    },
  }
}
