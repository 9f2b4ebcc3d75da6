import { mulberry32 } from '../support/mulberry32.js'

/**
 * Makes `Math.random` repeat itself, so that a run can be played again: the session draws its jitter
 * from it. The function that it returns puts the real one back.
 */
export function seedRandom(seed: number): () => void {
  const real = Math.random
  const draw = mulberry32(seed)
  Math.random = () => draw() / 2 ** 32
  return () => {
    Math.random = real
  }
}
