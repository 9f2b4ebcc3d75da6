import type { Session } from 'unexpired'

import type { PlainClient } from '../plain/parts.js'

/** The same as the copied interceptor can do, and the session. */
export interface SessionClient extends PlainClient {
  readonly session: Session
}
