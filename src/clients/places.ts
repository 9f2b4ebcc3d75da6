import { SessionError } from '../core/errors.js'

/** The page or worker that this runs in; looked up late, and missing elsewhere. */
interface Surroundings {
  readonly document?: { readonly baseURI?: string }
  readonly location?: { readonly href?: string }
}

/** What relative URLs are relative to: a page may have a `<base>`. */
function baseUrl(): string | undefined {
  const { document, location } = globalThis as Surroundings
  return document?.baseURI ?? location?.href
}

let lastPage: { readonly href: string; readonly origin: string | undefined } | undefined

/** The page's own; `undefined` where there is no page, and in sandboxed ones. */
export function pageOrigin(): string | undefined {
  const { href } = (globalThis as Surroundings).location ?? {}
  if (href === undefined) return undefined
  // A worker may have been made of a blob of the page.
  if (href !== lastPage?.href)
    lastPage = { href, origin: placeOf(href.replace(/^blob:/, '')).origin }
  return lastPage.origin
}

/** What counts of a URL here. */
export interface Place {
  /** `undefined` where no server is asked, as for `data:` and `blob:`. */
  readonly origin: string | undefined
  readonly hasUser: boolean
}

/** A URL whose origin is plain to see. */
const plainUrl = /^(https?):\/\/([\w.-]+)(?::(\d{1,5}))?(?=[/?#]|$)/i

/** Where a URL leads, from the page where it is relative. */
export function placeOf(url: string): Place {
  try {
    const { protocol, origin, username, password } = new URL(url, baseUrl())
    // A blob has that of the page, and no server.
    const isSent = /^https?:$/.test(protocol)
    return { origin: isSent ? origin : undefined, hasUser: !!(username || password) }
  } catch {
    // It is none; or the URL class knows no origins, as in older React Native.
    const [, scheme = '', host, port] = plainUrl.exec(url) ?? []
    const isUsual = !port || Number(port) === (scheme.length === 5 ? 443 : 80)
    const origin = host && `${scheme}://${host}${isUsual ? '' : `:${Number(port)}`}`.toLowerCase()
    return { origin, hasUser: false }
  }
}

/** The URL as it is sent: with the origin of the page where it names none, and without a fragment. */
export function absoluteUrl(url: string, base = baseUrl()): string {
  try {
    return new URL(url, base).href.replace(/#.*/s, '')
  } catch {
    return url
  }
}

/**
 * Whether the token may go to an origin: to those that the app named, or else to its own (G39).
 *
 * @param hint - who speaks, and what is missing where no origin is known
 * @throws SessionError `origin-unknown`
 */
export function isAllowedOrigin(
  origin: string | undefined,
  named: ReadonlySet<string> | undefined,
  own: () => string | undefined,
  hint: string,
): boolean {
  if (named) return origin !== undefined && named.has(origin)
  const home = own()
  if (home !== undefined) return origin === home
  throw new SessionError(
    'origin-unknown',
    `${hint} it is unknown who may see the token: pass \`origins\``,
  )
}
