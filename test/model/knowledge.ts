import type { ModelClock } from './model-clock.js'

/** What was told about one access token when it was received. Milliseconds. */
export interface Receipt {
  readonly family: string
  readonly lifetimeMs: number | undefined
  readonly wall: number
  readonly monotonic: number
  /** The session object that received it from the server; others have it from the store. */
  readonly by: string
}

/** All tokens of a run, as their first holder got them. */
export type Receipts = Map<string, Receipt>

/** `unsure`: whether a cool-down with jitter is over cannot be told from outside. */
export type Standing = 'alive' | 'unsure' | 'dead'

/** A cool-down after a replay that was turned down (G11, as in G7): 1 s, doubling to 60, ±20 % jitter. */
const doubtMs = { least: 800, first: 1_200, longest: 60_000 }

/**
 * What one session object can know about its tokens, from the answers that it was shown and from the
 * clocks: by it is judged what it sends (G3, G11, G20, G36), holds (G3) and refreshes (G2).
 */
export function createKnowledge(name: string, clock: ModelClock, receipts: Receipts) {
  const turnedDown = new Map<string, 'unsure' | 'dead'>()
  let doubt: { token: string; sureUntil: number; perhapsUntil: number } | undefined
  let doubts = 0

  /** At least so old, by what this session knows (milliseconds). */
  function ageAtLeast(receipt: Receipt): number {
    const elapsed = clock.monotonic() - receipt.monotonic
    // Who reads a receipt from a store may find the wall clock stepped since, and then goes by less.
    return receipt.by === name ? Math.max(elapsed, clock.now() - receipt.wall) : elapsed
  }

  return {
    standing: (token: string): Standing => turnedDown.get(token) ?? 'alive',

    /** Past its lifetime, where that is known. */
    isOver(token: string): boolean {
      const receipt = receipts.get(token)
      return receipt?.lifetimeMs !== undefined && ageAtLeast(receipt) >= receipt.lifetimeMs
    },

    /** So far from its end that nothing may be held, nor refreshed for it. */
    isFresh(token: string, margin: 'end' | 'hold' | 'ahead'): boolean {
      const receipt = receipts.get(token)
      if (receipt?.lifetimeMs === undefined) return true
      const leeway = Math.min(5_000, receipt.lifetimeMs / 10)
      const ahead = Math.max(leeway, Math.min(60_000, receipt.lifetimeMs / 5))
      const age = Math.max(clock.monotonic() - receipt.monotonic, clock.now() - receipt.wall)
      const left = { end: 0, hold: leeway, ahead }[margin]
      return age < receipt.lifetimeMs - left
    },

    /** Whether a 401 to a first attempt with this token is to be taken as it is (G11). */
    inDoubt(token: string): 'yes' | 'perhaps' | 'no' {
      if (doubt?.token !== token) return 'no'
      const now = clock.monotonic()
      return now < doubt.sureUntil ? 'yes' : now < doubt.perhapsUntil ? 'perhaps' : 'no'
    },

    /** An answer said expired to a first attempt with the token in force. */
    turnDown(token: string, isCertain: boolean): void {
      const inDoubt = this.inDoubt(token)
      if (inDoubt === 'yes' || turnedDown.get(token) === 'dead') return
      turnedDown.set(token, inDoubt === 'perhaps' || !isCertain ? 'unsure' : 'dead')
    },

    /** An answer said expired to a replay with the token in force. */
    turnDownReplay(token: string, isCertain: boolean): void {
      const now = clock.monotonic()
      doubts += 1
      const perhapsUntil = now + Math.min(doubtMs.first * 2 ** (doubts - 1), doubtMs.longest)
      // Whether a second one for the same tokens begins the cool-down anew is left open.
      const least = isCertain ? doubtMs.least : 0
      const sureUntil = doubt?.token === token ? doubt.sureUntil : now + least
      doubt = { token, sureUntil, perhapsUntil }
    },
  }
}

export type Knowledge = ReturnType<typeof createKnowledge>
