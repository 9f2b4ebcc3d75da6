import { oneIn, pick, type Choices } from './choices.js'
import type { WayName } from './ways/ways.js'

/** What the authorization server does with a refresh token that was spent before. */
export type Rotation =
  /** Reuse costs the whole family. */
  | 'strict'
  /** Forgiven for `graceMs` after it was spent first. */
  | 'grace'
  /** Forgiven for the one before the newest, however late; an older one costs the family. */
  | 'previous'

/** How holders of the store take turns. */
export type Turns =
  /** Whoever has it keeps it until it ends: a kernel's lock, a Web Lock. */
  | 'kept'
  /** A lease that its holder renews: who stands still for too long loses it, and may not know. */
  | 'lease'
  /** There are none: `replace` alone decides. */
  | 'none'
  /** A store in memory, for the sessions of one page alone. */
  | 'memory'

/** What one run is played with. */
export interface Setting {
  readonly rotation: Rotation
  readonly turns: Turns
  readonly contexts: number
  readonly sessionsEach: number
  /** Of access tokens, in seconds; `undefined`: without end, until the server says otherwise. */
  readonly lifetime: number | undefined
  /** Whether the lifetime is told. */
  readonly isAnnounced: boolean
  /** Whether a refresh that did not rotate may come: the answer has no new refresh token. */
  readonly rotates: boolean
  readonly tellsOfChanges: boolean
  /** Tokens that scripts see, or cookies that one browser keeps for all; then nobody signs in after the start. */
  readonly credential: 'token' | 'cookie'
  readonly start: 'signed in' | 'stored' | 'nobody'
  readonly actions: number
  readonly faults: number
  /** Messages may take some time. */
  readonly latency: boolean
  /** Through what all requests go; `undefined`: each session has a client of its own. */
  readonly way: WayName | undefined
}

export const graceMs = 30_000

/** Of turns that are leases. */
export const leaseMs = 30_000

export function drawSetting(choices: Choices): Omit<Setting, 'way'> {
  const turns = pick(choices, ['kept', 'lease', 'kept', 'lease', 'none', 'memory'] as const)
  const lifetime = pick(choices, [undefined, 300, 30, 3600, 2])
  return {
    rotation: pick(choices, ['strict', 'grace', 'previous'] as const),
    turns,
    contexts: turns === 'memory' ? 1 : pick(choices, [2, 1, 3, 2, 4]),
    sessionsEach: pick(choices, [1, 1, 2]),
    lifetime,
    isAnnounced: lifetime !== undefined && !oneIn(choices, 3),
    rotates: !oneIn(choices, 8),
    tellsOfChanges: !oneIn(choices, 6),
    credential: oneIn(choices, 6) ? 'cookie' : 'token',
    start: pick(choices, ['signed in', 'signed in', 'stored', 'nobody'] as const),
    actions: pick(choices, [4, 8, 12, 20]),
    faults: pick(choices, [0, 1, 2, 1, 4]),
    latency: oneIn(choices, 2),
  }
}
