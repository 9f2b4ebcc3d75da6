import type { InternalAxiosRequestConfig } from 'axios'
import { SessionError } from '../../core/errors.js'

/** As axios has it: such a URL ignores `baseURL`. */
const absolute = /^(?:[a-z][a-z\d+\-.]*:)?\/\//i

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

/**
 * Tells which requests may carry the token (G39).
 *
 * @param origins - those that the app named
 * @param baseUrl - the instance's, at the time of the request
 */
export function createOriginCheck(
  origins: ReadonlySet<string> | undefined,
  baseUrl: () => string | undefined,
) {
  let lastBase: string | undefined
  let lastBaseOrigin: string | undefined

  /** Origins of bases are remembered: there is one as a rule. */
  function baseOrigin(base: string): string | undefined {
    if (base !== lastBase) {
      lastBase = base
      lastBaseOrigin = originOf(base)
    }
    return lastBaseOrigin
  }

  function isAllowed(origin: string | undefined): boolean {
    if (origin === undefined) return false
    if (origins) return origins.has(origin)
    const own = baseOrigin(baseUrl() ?? '')
    if (own === undefined) {
      throw new SessionError(
        'origin-unknown',
        'attachSession: there is no baseURL and no page, so it is unknown who may see the token: pass `origins`',
      )
    }
    return origin === own
  }

  return {
    isAllowed: (url: string): boolean => isAllowed(originOf(url)),

    /** @throws SessionError `origin-unknown` */
    mayCarry(config: InternalAxiosRequestConfig): boolean {
      const { baseURL, url = '', allowAbsoluteUrls } = config
      const isJoined = baseURL && (allowAbsoluteUrls === false || !absolute.test(url))
      if (!isJoined) return isAllowed(originOf(url))
      if (!origins && baseURL === baseUrl() && plainBase.test(baseURL)) return true
      return isAllowed(originOf(`${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`))
    },
  }
}
