import type { AxiosResponse } from 'axios'
import {
  checkOption,
  checkOptions,
  readClientOptions,
  type ClientOptions,
  type ReadyClientOptions,
} from '../client-options.js'

/** How a session's credential goes onto the requests of an axios instance. */
export interface AxiosSessionOptions extends ClientOptions {
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
}

/** Options, checked and complete. */
export interface ReadyAxiosOptions extends ReadyClientOptions {
  readonly expired: ((response: AxiosResponse) => boolean) | undefined
}

/** @throws SessionError `invalid-option` */
export function readAxiosOptions(options: AxiosSessionOptions): ReadyAxiosOptions {
  checkOptions('attachSession', options)
  const { expired } = options
  const isRight = expired === undefined || typeof expired === 'function'
  checkOption('attachSession', 'expired', isRight, 'a function')
  return { ...readClientOptions('attachSession', options), expired }
}
