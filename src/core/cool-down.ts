/** How long not to try again after a failure: one second, doubling to sixty (milliseconds). */
const coolDownMs = { first: 1_000, longest: 60_000 }

/** The pause after the `count`-th failure in a row, with jitter of a fifth to either side. */
export function pauseAfter(count: number): number {
  const pause = coolDownMs.first * 2 ** (count - 1) * (0.8 + Math.random() * 0.4)
  return Math.min(pause, coolDownMs.longest)
}
