import { exhaust, type Visited } from './exhaust.js'
import { Violation } from './trace.js'
import type { Extent } from './walk.js'

/** As they are given on the command line; what is not given is all of them, or small enough for a minute each. */
export interface Asked {
  readonly contexts?: string | undefined
  readonly requests?: string | undefined
  readonly faults?: string | undefined
  readonly turns?: string | undefined
  readonly rotation?: string | undefined
}

function oneOf<T extends string>(all: readonly T[], given: string | undefined): readonly T[] {
  if (given === undefined) return all
  const found = all.filter((one) => one === given)
  if (!found.length) throw new Error(`expected ${all.join(', ')}, not ${given}`)
  return found
}

function extentsOf({ contexts = '3', requests = '1', faults = '1', ...asked }: Asked): Extent[] {
  const size = {
    contexts: Number(contexts),
    requestsEach: Number(requests),
    faults: faults === '0' ? 0 : 1,
  } as const
  return oneOf(['kept', 'lease', 'none'] as const, asked.turns).flatMap((turns) =>
    oneOf(['strict', 'grace', 'previous'] as const, asked.rotation).map((rotation) => ({
      ...size,
      turns,
      rotation,
    })),
  )
}

const show = ({ states, ends, steps, depth, played }: Visited): string =>
  `${states} states, ${ends} ends, ${depth} deep, ${steps} steps, ${played} of them played`

/** Visits all that can happen, and shows how much it was, or what broke a promise. */
export async function showExhausted(asked: Asked): Promise<void> {
  for (const extent of extentsOf(asked)) {
    const { contexts, requestsEach, faults, turns, rotation } = extent
    const size = `${contexts} contexts, ${requestsEach} requests each, ${faults} faults`
    const begunAt = Date.now()
    const tell = (visited: Visited): void =>
      console.log(`  ${Math.round((Date.now() - begunAt) / 1000)} s: ${show(visited)}`)
    console.log(`${size}, turns ${turns}, rotation ${rotation}`)
    try {
      tell(await exhaust(extent, tell))
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      console.log(error.message)
      process.exitCode = 1
    }
  }
}
