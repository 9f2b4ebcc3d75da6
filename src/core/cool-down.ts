/** How long not to try again after a failure: one second, doubling to sixty (milliseconds). */
const coolDownMs = { first: 1_000, longest: 60_000 }

/** The pause after the `count`-th failure in a row, with jitter of a fifth to either side, at its longest too. */
export function pauseAfter(count: number): number {
  const pause = Math.min(coolDownMs.first * 2 ** (count - 1), coolDownMs.longest)
  return Math.min(pause * (0.8 + Math.random() * 0.4), coolDownMs.longest)
}
