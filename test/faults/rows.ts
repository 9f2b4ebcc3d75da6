import type { Gives } from './fault.js'

/**
 * What the fault strikes.
 *
 * - `'first'`: an attempt with a good token
 * - `'turned away'`: an attempt with a dead one, whose answer is a 401
 * - `'refresh'`: its first try
 * - `'refreshes'`: all tries, until the network is well again
 * - `'replay'`: the second attempt of a request that was turned away
 */
export const phases = ['first', 'turned away', 'refresh', 'refreshes', 'replay'] as const

export type Phase = (typeof phases)[number]

/** How a request ended for its caller. */
export type End =
  | 'served'
  | 'network error'
  | 'aborted'
  | 'status 502'
  | 'portal'
  | 'refused'
  | `unavailable: ${'network' | 'timeout' | 'server' | 'invalid-response'}`

/** What must come of five requests at once. */
export interface Row {
  /** Of the request that met the fault; in the phases of a refresh, of all. */
  readonly hit: End
  /** Of the others. */
  readonly rest: End
  /** How often the one that was hit was attempted (G11, G28). */
  readonly attempts: 1 | 2
  /** How often the refresh function was called: at most three times (G9). */
  readonly tries: readonly number[]
  /** What the next request finds when the network is well again, and the cool-down over. */
  readonly next: 'served' | 'refused' | 'signed out'
}

/** Where the server has not seen it, or would see it again; and where it is not forgiven that (G17). */
type Rows = Readonly<Record<Gives, Row>>

/** A request is on its own: the others do not notice (G28: no network error is replayed). */
const alone = (hit: End, attempts: 1 | 2, tries: number): Row => ({
  hit,
  rest: 'served',
  attempts,
  tries: [tries],
  next: 'served',
})

/** The same for all five. */
const together = (end: End, tries: readonly number[], next: Row['next'] = 'served'): Row => ({
  hit: end,
  rest: end,
  attempts: end === 'served' ? 2 : 1,
  tries,
  next,
})

/** The session lives, and says why it has no tokens (G15, G19). */
const unavailable: Rows = {
  error: together('unavailable: network', [2, 3]),
  // The second try has what is left of the time.
  silence: together('unavailable: timeout', [2]),
  'bad gateway': together('unavailable: server', [2, 3]),
  portal: together('unavailable: invalid-response', [2, 3]),
  answer: together('served', [1]),
}

/** What was lost is asked for again, promptly, with the same refresh token (G17). */
const askedAgain: Rows = {
  error: together('served', [2]),
  silence: together('served', [2]),
  'bad gateway': together('served', [2]),
  portal: together('served', [2]),
  answer: together('served', [1]),
}

/** It is asked for again, and refused: that is the end of the session, said once (G17, G18, G19). */
const refused: Rows = {
  error: together('refused', [2], 'signed out'),
  silence: together('refused', [2], 'signed out'),
  'bad gateway': together('refused', [2], 'signed out'),
  portal: together('refused', [2], 'signed out'),
  answer: together('served', [1]),
}

/** Nobody heard that it was refused: the next one to ask does. */
const refusedLater: Rows = {
  error: { ...unavailable.error, next: 'refused' },
  silence: { ...unavailable.silence, next: 'refused' },
  'bad gateway': { ...unavailable['bad gateway'], next: 'refused' },
  portal: { ...unavailable.portal, next: 'refused' },
  answer: together('served', [1]),
}

/** `spent`: the refresh token is, and its server does not forgive that it comes again. */
export const rows: Readonly<Record<Phase, { readonly fine: Rows; readonly spent: Rows }>> = {
  first: both({
    error: alone('network error', 1, 0),
    silence: alone('aborted', 1, 0),
    'bad gateway': alone('status 502', 1, 0),
    portal: alone('portal', 1, 0),
    answer: alone('served', 1, 0),
  }),
  'turned away': both({
    error: alone('network error', 1, 1),
    silence: alone('aborted', 1, 1),
    'bad gateway': alone('status 502', 1, 1),
    portal: alone('portal', 1, 1),
    answer: alone('served', 2, 1),
  }),
  refresh: { fine: askedAgain, spent: refused },
  refreshes: { fine: unavailable, spent: refusedLater },
  replay: both({
    error: alone('network error', 2, 1),
    silence: alone('aborted', 2, 1),
    'bad gateway': alone('status 502', 2, 1),
    portal: alone('portal', 2, 1),
    answer: alone('served', 2, 1),
  }),
}

function both(one: Rows): { fine: Rows; spent: Rows } {
  return { fine: one, spent: one }
}
