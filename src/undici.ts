import type { RequestSession } from './clients/client-options.js'

export { sessionInterceptor } from './clients/undici/session-interceptor.js'
export type { UndiciSessionOptions } from './clients/undici/options.js'
export type { UndiciResponse } from './clients/undici/shown-response.js'
export type { ClientOptions, RequestSession } from './clients/client-options.js'

declare module 'undici' {
  namespace Dispatcher {
    interface DispatchOptions {
      /**
       * `false`: the session does not touch this request. `{ replay: false }`: turned away, it is not
       * sent again, as where sending twice is worse than failing.
       */
      session?: RequestSession
    }
  }
}
