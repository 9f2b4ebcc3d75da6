import type { AxiosResponse } from 'axios'
import { SessionError } from '../../core/errors.js'
import { placeOf } from './origins.js'

/** How a session's credential goes onto the requests of an axios instance. */
export interface AxiosSessionOptions {
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
   * Whether this response says that the access token has expired. It sees parsed data, whatever
   * `validateStatus` says.
   *
   * @defaultValue `response.status === 401`
   * @example
   * ```ts
   * expired: (response) => response.data?.code === 1234
   * ```
   */
  expired?: ((response: AxiosResponse) => boolean) | undefined
  /**
   * The origins that may see the token, such as `https://api.example.com`.
   *
   * @defaultValue that of the instance's `baseURL` at the time of the request, or else of the page
   */
  origins?: readonly string[] | undefined
}

/** What a request of the instance may say about the session. */
export type RequestSession = false | { replay?: boolean }

/** Options, checked and complete. */
export interface ReadyAxiosOptions {
  readonly header: string
  readonly scheme: string
  readonly expired: ((response: AxiosResponse) => boolean) | undefined
  readonly origins: ReadonlySet<string> | undefined
}

/** RFC 9110 §5.6.2 */
const token = /^[!#$%&'*+\-.^_`|~\w]+$/

/** @throws SessionError `invalid-option` */
export function readAxiosOptions(options: AxiosSessionOptions): ReadyAxiosOptions {
  const { header = 'Authorization', scheme = 'Bearer', expired, origins } = options
  check('header', typeof header === 'string' && token.test(header), 'a header name')
  check('scheme', scheme === '' || (typeof scheme === 'string' && token.test(scheme)), 'a word')
  check('expired', expired === undefined || typeof expired === 'function', 'a function')
  check('origins', origins === undefined || Array.isArray(origins), 'an array of origins')
  return { header, scheme, expired, origins: origins && new Set(origins.map(originOf)) }
}

function originOf(text: string): string {
  const { origin } = placeOf(text)
  return (
    origin ?? check('origins', false, `origins such as 'https://api.example.com', not '${text}'`)
  )
}

function check(option: string, isRight: false, expected: string): never
function check(option: string, isRight: boolean, expected: string): void
function check(option: string, isRight: boolean, expected: string): void {
  if (!isRight) {
    throw new SessionError('invalid-option', `attachSession: ${option}: expected ${expected}`)
  }
}
