import { mulberry32 } from '../support/mulberry32.js'

/** Where all of a run's decisions come from: the same answers make the same run. */
export interface Choices {
  /** A whole number from 0 to `count - 1`. 0 is always the plainest: no fault, no delay, the oldest first. */
  choose(count: number): number
  /** Every answer that was given. */
  readonly log: readonly number[]
}

/** Answers drawn from a seed. */
export function drawnBy(seed: number): Choices {
  const log: number[] = []
  const draw = mulberry32(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b))
  return {
    log,
    choose(count) {
      if (count < 2) return 0
      const drawn = draw() % count
      log.push(drawn)
      return drawn
    },
  }
}

/** Answers as they were given before; 0 where there are no more of them. */
export function replayed(answers: readonly number[]): Choices {
  const log: number[] = []
  return {
    log,
    choose(count) {
      if (count < 2) return 0
      const answer = Math.min(answers[log.length] ?? 0, count - 1)
      log.push(answer)
      return answer
    },
  }
}

/** One of them. */
export function pick<T>(choices: Choices, from: readonly T[]): T {
  return from[choices.choose(from.length)] as T
}

/** True once in so many times. */
export const oneIn = (choices: Choices, count: number): boolean =>
  choices.choose(count) === count - 1
