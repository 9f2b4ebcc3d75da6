import {
  checkOption,
  checkOptions,
  readClientOptions,
  type ClientOptions,
  type ReadyClientOptions,
} from '../client-options.js'

/** How a session's credential goes onto the requests of a fetch. */
export interface FetchSessionOptions extends ClientOptions {
  /**
   * What sends the requests.
   *
   * @defaultValue the platform's fetch, looked up at each request
   */
  fetch?: typeof fetch | undefined
  /**
   * Whether this response says that the access token has expired. It may read the body, which the
   * caller can read again. What is shown of it: JSON, by its Content-Type, and any body whose
   * Content-Length says that it is short; both up to 64 kB. Longer bodies and streams are not waited
   * for: to read one here fails, and that counts as not expired.
   *
   * @defaultValue `response.status === 401`
   * @example
   * ```ts
   * expired: async (response) => (await response.json()).code === 1234
   * ```
   */
  expired?: ((response: Response) => boolean | PromiseLike<boolean>) | undefined
  /**
   * A body that is a stream can be sent only once. One of at most so many bytes is read before it is
   * sent, and can be replayed; a longer one is sent as it is, once.
   *
   * @defaultValue 0
   */
  bufferStreamsUpToBytes?: number | undefined
}

/** Options, checked and complete. */
export interface ReadyFetchOptions extends ReadyClientOptions {
  readonly fetch: typeof fetch | undefined
  readonly expired: FetchSessionOptions['expired']
  readonly bufferStreamsUpToBytes: number
}

/** @throws SessionError `invalid-option` */
export function readFetchOptions(options: FetchSessionOptions): ReadyFetchOptions {
  checkOptions('createFetch', options)
  const check = (option: string, isRight: boolean, expected: string): void =>
    checkOption('createFetch', option, isRight, expected)
  const { fetch, expired, bufferStreamsUpToBytes = 0 } = options
  const isFunction = (value: unknown): boolean => value === undefined || typeof value === 'function'
  check('fetch', isFunction(fetch), 'a function')
  check('expired', isFunction(expired), 'a function')
  const isSize = typeof bufferStreamsUpToBytes === 'number' && bufferStreamsUpToBytes >= 0
  check('bufferStreamsUpToBytes', isSize, 'a number of bytes, 0 or more')
  return { ...readClientOptions('createFetch', options), fetch, expired, bufferStreamsUpToBytes }
}
