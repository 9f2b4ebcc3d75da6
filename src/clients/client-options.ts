import { headerName, type HeaderOptions } from '../core/credential.js'
import { SessionError } from '../core/errors.js'
import { placeOf } from './places.js'

/** What a request may say about the session. */
export type RequestSession = false | { replay?: boolean }

/** How a session's credential goes onto a client's requests. */
export interface ClientOptions {
  /**
   * The header that carries the access token. A request that already has it is not ours.
   *
   * @defaultValue 'Authorization'
   */
  header?: string | undefined
  /**
   * What stands before the token. An empty string sends the bare token.
   *
   * @defaultValue 'Bearer'
   * @see RFC 6750 §2.1
   */
  scheme?: string | undefined
  /**
   * The origins that may see the token, such as `https://api.example.com`.
   *
   * @defaultValue the client's own base URL at the time of the request, where it has one, or else the page
   */
  origins?: readonly string[] | undefined
}

/** Options, checked and complete. */
export interface ReadyClientOptions extends HeaderOptions {
  readonly header: string
  readonly scheme: string
  readonly origins: ReadonlySet<string> | undefined
}

/**
 * @param who - the function that was given them, for messages
 * @throws SessionError `invalid-option`
 */
export function readClientOptions(who: string, options: ClientOptions): ReadyClientOptions {
  const { header = 'Authorization', scheme = 'Bearer', origins } = options
  checkOption(who, 'header', typeof header === 'string' && headerName.test(header), 'a header name')
  const isScheme = scheme === '' || (typeof scheme === 'string' && headerName.test(scheme))
  checkOption(who, 'scheme', isScheme, 'a word')
  const isList = origins === undefined || Array.isArray(origins)
  checkOption(who, 'origins', isList, 'an array of origins')
  return { header, scheme, origins: origins && new Set(origins.map((each) => originOf(who, each))) }
}

/** Without a scheme it would be relative to the page, and so mean the page. */
const absolute = /^https?:\/\//i

function originOf(who: string, text: unknown): string {
  const isText = typeof text === 'string'
  const origin = isText && absolute.test(text) ? placeOf(text).origin : undefined
  checkOption(
    who,
    'origins',
    origin !== undefined,
    `origins such as 'https://api.example.com', not ${isText ? `'${text}'` : typeof text}`,
  )
  return origin as string
}

/** @throws SessionError `invalid-option` */
export function checkOptions(who: string, options: unknown): void {
  checkOption(who, 'options', typeof options === 'object' && options !== null, 'an object')
}

/** @throws SessionError `invalid-option` */
export function checkOption(who: string, option: string, isRight: boolean, expected: string): void {
  if (!isRight) {
    throw new SessionError('invalid-option', `${who}: ${option}: expected ${expected}`)
  }
}
