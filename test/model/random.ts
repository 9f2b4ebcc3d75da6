/**
 * Makes `Math.random` repeat itself, so that a run can be played again: the session draws its jitter
 * from it. The function that it returns puts the real one back.
 */
export function seedRandom(seed: number): () => void {
  const real = Math.random
  let state = seed >>> 0
  // mulberry32
  Math.random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return () => {
    Math.random = real
  }
}
