import type { InternalAxiosRequestConfig } from 'axios'
import { isAllowedOrigin, pageOrigin, placeOf } from '../places.js'

/** As axios has it: such a URL ignores `baseURL`. */
const absolute = /^(?:[a-z][a-z\d+\-.]*:)?\/\//i

/** Most URLs begin with one slash: that is seen sooner. */
const isAbsolute = (url: string): boolean =>
  url[0] === '/' && url[1] !== '/' ? false : absolute.test(url)

/** A base that leaves no doubt about the origin, whatever is put behind it and a slash. */
const plainBase = /^https?:\/\/[\w.-]+(?::\d+)?(?:\/[\w./~-]*)?$/i

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

  const ownOrigin = (): string | undefined => {
    const base = baseUrl()
    return base ? aboutBase(base).origin : pageOrigin()
  }

  function aboutBase(base: string) {
    if (base !== last?.base) {
      last = { base, origin: placeOf(base).origin, isPlain: plainBase.test(base) }
    }
    return last
  }

  const isAllowed = (origin: string | undefined): boolean =>
    isAllowedOrigin(origin, origins, ownOrigin, 'attachSession: without baseURL or page')

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
