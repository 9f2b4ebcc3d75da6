/** Runs `work` with nothing drawn: it would depend on the order of all that was drawn before. */
export async function withoutChance<T>(work: () => Promise<T>): Promise<T> {
  const { random } = Math
  Math.random = () => 0.5
  try {
    return await work()
  } finally {
    Math.random = random
  }
}
