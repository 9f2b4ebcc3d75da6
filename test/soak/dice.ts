import { mulberry32 } from '../support/mulberry32.js'

/** Chance that can be had again: the same seed gives the same throws. */
export interface Dice {
  /** A whole number from 0 on, below `count`. */
  below(count: number): number
  /** A number of that range. */
  between(least: number, most: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** One of the names, as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name
}

export function createDice(seed: number): Dice {
  const draw = mulberry32(seed)
  const next = (): number => draw() / 2 ** 32
  const below = (count: number): number => Math.floor(next() * count)

  return {
    below,
    between: (least, most) => least + next() * (most - least),
    chance: (probability) => next() < probability,
    pick(list) {
      const found = list[below(list.length)]
      if (found === undefined) throw new Error('there is nothing to pick')
      return found
    },
    weighted(weights) {
      const all = Object.entries<number>(weights)
      let left = next() * all.reduce((sum, [, weight]) => sum + weight, 0)
      const found = all.find(([, weight]) => (left -= weight) < 0) ?? all[0]
      if (!found) throw new Error('there is nothing to pick')
      return found[0] as never
    },
  }
}
