import { replayed } from './choices.js'
import { simulate } from './simulate.js'
import { Violation } from './trace.js'

/** What a run with these choices breaks. */
export async function brokenBy(
  answers: readonly number[],
  isTraced = false,
): Promise<Violation | undefined> {
  try {
    await simulate(replayed(answers), isTraced)
    return undefined
  } catch (error) {
    if (error instanceof Violation) return error
    throw error
  }
}

/** So often it is tried whether less breaks it too. */
const mostRuns = 3_000

/** Fewer, or plainer, choices that break the same rule. */
export async function shrink(
  answers: readonly number[],
  rule: string,
  broken: (answers: readonly number[]) => Promise<Violation | undefined> = brokenBy,
): Promise<readonly number[]> {
  let best = [...answers]
  let runs = 0

  async function isAsBad(candidate: readonly number[]): Promise<boolean> {
    if ((runs += 1) > mostRuns) return false
    return (await broken(candidate))?.rule === rule
  }

  for (let isBetter = true; isBetter && runs <= mostRuns;) {
    isBetter = false
    // Whole stretches first: what is left out is 0 from there on, or what came later moves up.
    for (let length = best.length; length >= 1; length = Math.floor(length / 2)) {
      for (let at = 0; at < best.length && runs <= mostRuns;) {
        const without = [...best.slice(0, at), ...best.slice(at + length)]
        const plain = best.map((answer, index) => (index >= at && index < at + length ? 0 : answer))
        const isPlain = best.slice(at, at + length).every((answer) => answer === 0)
        if (await isAsBad(without)) {
          best = without
          isBetter = true
        } else if (!isPlain && (await isAsBad(plain))) {
          best = plain
          isBetter = true
          at += length
        } else at += length
      }
    }
    for (let at = 0; at < best.length; at++) {
      for (let answer = 0; answer < (best[at] ?? 0) && answer < 8; answer++) {
        const lower = best.map((old, index) => (index === at ? answer : old))
        if (!(await isAsBad(lower))) continue
        best = lower
        isBetter = true
        break
      }
    }
  }
  while (best.at(-1) === 0) best.pop()
  return best
}
