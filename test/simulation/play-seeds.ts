import { drawnBy } from './choices.js'
import { simulate } from './simulate.js'
import { Violation } from './trace.js'

/** What came of many runs. */
export interface Tally {
  readonly runs: number
  readonly steps: number
  readonly refreshes: number
  readonly faults: number
  readonly broken: readonly { readonly seed: number; readonly rule: string }[]
}

/** Plays the runs of so many seeds, one after the other. */
export async function playSeeds(
  from: number,
  runs: number,
  tell: (tally: Tally) => void = () => undefined,
): Promise<Tally> {
  const broken: { seed: number; rule: string }[] = []
  const sum = { runs: 0, steps: 0, refreshes: 0, faults: 0 }
  let seed = from
  const unhandled = (error: unknown): void => {
    broken.push({ seed, rule: `G14 no rejection is unhandled: ${String(error)}` })
  }
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', unhandled)
  try {
    for (; seed < from + runs; seed++) {
      try {
        const { steps, world } = await simulate(drawnBy(seed))
        sum.steps += steps
        sum.refreshes += world.server.presented.length
        sum.faults += world.faults
      } catch (error) {
        if (!(error instanceof Violation)) throw error
        broken.push({ seed, rule: error.rule })
      }
      sum.runs += 1
      tell({ ...sum, broken })
    }
  } finally {
    process.removeListener('unhandledRejection', unhandled)
    for (const listener of others) process.on('unhandledRejection', listener)
  }
  return { ...sum, broken }
}
