import type { Scene } from './scenes.js'

/** Who carries the load: a session of this package, or the interceptor that everyone copies. */
export type Side = 'unexpired' | 'plain'

/**
 * What a request was doing. `'dead'`: sent with a token that the server turned away. `'good'`: sent,
 * or replayed, with a token that it took. `'held'`: kept back, unsent. `'refreshing'`: busy with a
 * refresh of its own.
 */
export type Doing = 'dead' | 'good' | 'held' | 'refreshing'

/** A stretch of time, in milliseconds since the load began. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export interface Phase extends Stretch {
  readonly doing: Doing
}

/** One request, from the call to its end. */
export interface Lane {
  readonly path: string
  readonly phases: readonly Phase[]
  readonly endedAt: number
  /** Whether the caller got what it asked for. */
  readonly answered: boolean
}

export interface RefreshStretch extends Stretch {
  readonly granted: boolean
}

/** The server's books; only `thrownOut` is the app's to know. */
export interface Counts {
  readonly refreshes: number
  readonly turnedAway: number
  readonly served: number
  readonly reuseDetected: number
  readonly familiesRevoked: number
  /** How often the app sent its user to sign in again. */
  readonly thrownOut: number
}

/** What became of one load. */
export interface Run {
  readonly side: Side
  readonly lanes: readonly Lane[]
  readonly refreshes: readonly RefreshStretch[]
  readonly counts: Counts
}

/** One scene, played on both sides. */
export interface Played {
  readonly scene: Scene
  readonly ours: Run
  readonly plain: Run
}
