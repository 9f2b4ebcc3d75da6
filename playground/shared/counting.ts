import type { ControlState } from './control-api.js'

/** What a page knows of the servers' counts. */
export interface Counting {
  counted: ControlState | undefined
  /** Of which run the counts are; undefined before the first. */
  round: string | undefined
  /** Somebody else played at the same servers during the run. */
  isMixed: boolean
  readonly from: number | undefined
  readonly isOver: boolean
}

/** The counts begin anew, for this page. */
export function beginCounting(counting: Counting, state: ControlState): void {
  counting.round = state.round
  counting.counted = state
}

/** Takes the counts, unless they are of what another page plays. */
export function count(counting: Counting, state: ControlState): void {
  counting.round ??= state.round
  if (state.round === counting.round) counting.counted = state
  else if (counting.from !== undefined && !counting.isOver) counting.isMixed = true
}
