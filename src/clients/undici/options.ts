import {
  checkOption,
  checkOptions,
  readClientOptions,
  type ClientOptions,
  type ReadyClientOptions,
} from '../client-options.js'
import type { UndiciResponse } from './shown-response.js'

/** How a session's credential goes onto the requests of a dispatcher. */
export interface UndiciSessionOptions extends ClientOptions {
  /**
   * The origins that may see the token, such as `https://api.example.com`.
   *
   * @defaultValue that of a Client or a Pool, where a request names no other; an Agent has none
   */
  origins?: readonly string[] | undefined
  /**
   * Whether this response says that the access token has expired. Answered at once, without a look at
   * the body, the response goes straight on to the caller. It may read the body, which the caller gets
   * all the same. What is shown of it: JSON, by its Content-Type, and any body whose Content-Length
   * says that it is short; both up to 64 kB, and not compressed. Longer bodies and streams are not
   * waited for: to read one here fails, and that counts as not expired.
   *
   * @defaultValue `response.statusCode === 401`
   * @example
   * ```ts
   * expired: async (response) => ((await response.json()) as { code?: number }).code === 1234
   * ```
   */
  expired?: ((response: UndiciResponse) => boolean | PromiseLike<boolean>) | undefined
}

/** Options, checked and complete. */
export interface ReadyUndiciOptions extends ReadyClientOptions {
  readonly expired: UndiciSessionOptions['expired']
}

/** @throws SessionError `invalid-option` */
export function readUndiciOptions(options: UndiciSessionOptions): ReadyUndiciOptions {
  checkOptions('sessionInterceptor', options)
  const { expired } = options
  const isRight = expired === undefined || typeof expired === 'function'
  checkOption('sessionInterceptor', 'expired', isRight, 'a function')
  return { ...readClientOptions('sessionInterceptor', options), expired }
}
