import type { BrokenKind } from './broken.js'

/** A token server that runs elsewhere. */
export interface ServerPlace {
  /** Of a letter: it is part of the users' names. */
  readonly name: string
  readonly url: string
}

/** What a part that makes traffic is told. It can be sent as JSON. */
export interface TrafficSettings {
  readonly seed: number
  readonly servers: readonly ServerPlace[]
  /** How many requests are under way at once. */
  readonly inFlight: number
  /** A request that takes longer is lost. Milliseconds. */
  readonly settleMs: number
  /** Whether sessions are kept in files, too: a disk that others use is no part of a quick test. */
  readonly hasFiles: boolean
  /** For tests of the soak itself: a client that does wrong. */
  readonly broken?: BrokenKind | undefined
}

/** How long an access token lives. Seconds. */
export const lifetimeS = 1

/** Of one try. Longer than a busy machine needs for an answer, or it would cost sessions of its own. */
export const refreshTimeoutMs = 2_000
