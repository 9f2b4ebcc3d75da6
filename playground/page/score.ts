import type { ControlState, SideName } from '../shared/control-api.js'
import type { Outcome } from '../shared/verdict.js'
import type { Answer } from './actor.js'
import type { Cast } from './cast.js'
import type { Play } from './scene.js'
import type { Progress } from './tabs.js'

/** One side, as it is shown. */
export interface Score extends Outcome {
  /** Of each tab, this one first. */
  readonly answers: readonly (readonly Answer[])[]
  readonly turnedAway: number
  readonly served: number
  readonly familiesRevoked: number
}

export const progressOf = (cast: Cast): Progress => ({
  answers: { left: cast.left.answers, right: cast.right.answers },
  signedOut: { left: cast.left.signedOut, right: cast.right.signedOut },
})

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

/** Puts together what the tabs know and what the server has counted. */
export function scoreOf(
  side: SideName,
  cast: Cast,
  others: readonly Progress[],
  state: ControlState,
  { fault, isMixed, isHanging }: Pick<Play, 'fault' | 'isMixed' | 'isHanging'>,
): Score {
  const all = [progressOf(cast), ...others]
  const answers = all.map((each) => each.answers[side])
  const flat = answers.flat()
  const { refreshes, refreshesRefused, reuseDetected, turnedAway, served, familiesRevoked } =
    state[side].counts
  return {
    answers,
    sent: flat.length,
    answered: flat.filter((answer) => answer === 'answered').length,
    failed: flat.filter((answer) => answer === 'failed').length,
    signedOut: signedOutOf(side, all),
    isSignedIn: cast[side].isSignedIn,
    refreshes,
    refreshesRefused,
    reuseDetected,
    turnedAway,
    served,
    familiesRevoked,
    fault,
    isMixed,
    isHanging: side === 'left' && isHanging,
  }
}

/** One end that each tab is told of is one end; the copied interceptor sends the user away each time. */
const signedOutOf = (side: SideName, all: readonly Progress[]): number => {
  const told = all.map(({ signedOut }) => signedOut[side])
  return side === 'right' ? Math.max(0, ...told) : sum(told)
}
