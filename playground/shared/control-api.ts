import type { TokenServerCounts } from 'unexpired/testing'

import type { Fault, ServerSettings } from './settings.js'

/** The two that are compared. */
export type SideName = 'left' | 'right'

export const sideNames: readonly SideName[] = ['left', 'right']

/** Where the page talks to the server about itself. */
export const controlPath = '/control'

/** What a line itself answers. */
export const linePath = '/line'

/** What both token servers are to do at once. */
export type Order = 'expire' | 'revoke'

/** What the page asks of the control API; all of it but `state` is a POST with this body. */
export interface ControlCalls {
  /** Restarts both token servers, unless they run with these already. */
  settings: ServerSettings
  /** In force from now on, for both; ends the one before, and lets go of what hangs. */
  fault: { readonly fault: Fault }
  order: { readonly order: Order }
  /** A run begins: counts from zero, and arms the fault again. */
  run: { readonly fault: Fault }
}

export interface SideState {
  readonly counts: TokenServerCounts
  /** Requests that have come and are still worked on; not those that are never to be answered. */
  readonly underWay: number
  /** More ways to the same server: browsers open six connections to each. Origins. */
  readonly lines: readonly string[]
}

/** What every call is answered with, and a GET of `/control/state`. */
export interface ControlState {
  readonly settings: ServerSettings
  readonly fault: Fault
  /** Another one with each restart, of the playground too: tokens from before are worth nothing. */
  readonly epoch: number
  /** Another one whenever counts begin from zero: with each restart, and with each run of any page. */
  readonly round: string
  readonly left: SideState
  readonly right: SideState
}
