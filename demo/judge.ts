import { paths } from './load.js'
import type { Counts, Played, Run } from './results.js'

/** Whether nobody was thrown out, and everybody got an answer. */
export const isKept = ({ lanes, counts }: Run): boolean =>
  counts.thrownOut === 0 && counts.familiesRevoked === 0 && lanes.every(({ answered }) => answered)

/** What our side must show in a scene, exactly. */
function expected({ scene }: Played): Counts {
  return {
    refreshes: 1,
    turnedAway: scene.notice === 'after-the-response' ? paths.length : 0,
    served: paths.length,
    reuseDetected: 0,
    familiesRevoked: 0,
    thrownOut: 0,
  }
}

const words: Readonly<Record<keyof Counts, string>> = {
  refreshes: 'refreshes',
  turnedAway: 'turned away',
  served: 'served',
  reuseDetected: 'reuse detected',
  familiesRevoked: 'families revoked',
  thrownOut: 'thrown out',
}

/** What was wrong with our side, a sentence for each scene; empty when all was right. */
export function complaints(played: readonly Played[]): string[] {
  return played.flatMap((one) => {
    const { scene, ours } = one
    const right = expected(one)
    const checks: (readonly [what: string, is: number, should: number])[] = [
      ...(Object.keys(words) as (keyof Counts)[]).map(
        (name) => [words[name], ours.counts[name], right[name]] as const,
      ),
      ['callers answered', ours.lanes.filter(({ answered }) => answered).length, paths.length],
      ['refreshes by the word of the session', ours.refreshes.length, right.refreshes],
    ]
    const wrong = checks
      .filter(([, is, should]) => is !== should)
      .map(([what, is, should]) => `${what} ${is}, not ${should}`)
    return wrong.length === 0 ? [] : [`${scene.shortTitle}: ${wrong.join('; ')}.`]
  })
}
