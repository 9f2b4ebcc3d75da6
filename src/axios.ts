import type { RequestSession } from './clients/client-options.js'

export { attachSession, detachSession } from './clients/axios/attach-session.js'
export type { AxiosSessionOptions } from './clients/axios/options.js'
export type { ClientOptions, RequestSession } from './clients/client-options.js'

declare module 'axios' {
  interface AxiosRequestConfig<
    // oxlint-disable-next-line typescript/no-explicit-any -- must repeat axios' own parameters
    D = any,
    // oxlint-disable-next-line typescript/no-explicit-any -- must repeat axios' own parameters
    P = any,
  > {
    /**
     * `false`: the session does not touch this request. `{ replay: false }`: turned away, it is not
     * sent again, as where sending twice is worse than failing.
     */
    session?: RequestSession
  }
}
