import type { RequestSession } from '../client-options.js'
import { ownHeaders, type OwnHeaders } from './headers.js'

/** What clients hand on may be `undefined` in any field. */
export type SessionRequestInit = { [K in keyof RequestInit]?: RequestInit[K] | undefined } & {
  /**
   * `false`: the session does not touch this request. `{ replay: false }`: turned away, it is not sent
   * again, as where sending twice is worse than failing.
   */
  session?: RequestSession | undefined
}

/** What a caller gave with a request, for us to keep. */
export interface OwnInit extends RequestInit {
  headers?: OwnHeaders
  session?: RequestSession
}

/** As the standard has them: they are read by name, wherever an object may have them from. */
const names: readonly (keyof SessionRequestInit | 'duplex' | 'priority')[] = [
  'body',
  'cache',
  'credentials',
  'duplex',
  'headers',
  'integrity',
  'keepalive',
  'method',
  'mode',
  'priority',
  'redirect',
  'referrer',
  'referrerPolicy',
  'session',
  'signal',
]

/** A copy, without what is `undefined`; also of one that is a Request, or of a class. */
export function ownInit(given: SessionRequestInit | undefined): OwnInit {
  const own: Record<string, unknown> = {}
  if (!given) return own
  const from = given as Record<string, unknown>
  for (const key in from) if (from[key] !== undefined) own[key] = from[key]
  const prototype: unknown = Object.getPrototypeOf(given)
  if (prototype !== Object.prototype && prototype !== null) {
    for (const key of names) if (from[key] !== undefined) own[key] = from[key]
  }
  if (given.headers) own['headers'] = ownHeaders(given.headers)
  return own
}

/** Whether there is nothing in it: then a Request keeps its referrer. */
export function isEmpty(init: RequestInit): boolean {
  for (const _ in init) return false
  return true
}
