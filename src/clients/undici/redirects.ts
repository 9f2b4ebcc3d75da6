import { SessionError } from '../../core/errors.js'
import type { Claim } from '../../core/port.js'

/** A redirect that undici may be following now: the next hop belongs to the session of the request that was made. */
export interface Leaving {
  readonly claim: Claim
  readonly to: string
}

/** It is too late to see where the redirect leads: what undici does not take off itself stays here. */
export function redirectRefused(names: readonly string[]): SessionError {
  return new SessionError(
    'invalid-option',
    `sessionInterceptor: a redirect was refused, as it could carry ${names.join(', ')} elsewhere: compose interceptors.redirect() after sessionInterceptor`,
  )
}
