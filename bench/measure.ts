import type { AxiosInstance } from 'axios'

/** One way of doing the same thing. */
interface Contender {
  readonly name: string
  run(): Promise<void>
  /** Afterwards, unmeasured: until nothing of it is under way any more. */
  rest?(): Promise<void>
}

/** Medians of each contender, in milliseconds a run, measured in turns so that noise hits all alike. */
export async function compare(
  contenders: readonly Contender[],
  rounds: number,
): Promise<Map<string, number>> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]))
  for (const { run, rest } of contenders) {
    await run()
    await rest?.()
  }
  for (let round = 0; round < rounds; round++) {
    // Who goes first changes, so that nobody always pays for the garbage of the one before.
    const start = round % contenders.length
    for (const { name, run, rest } of [...contenders.slice(start), ...contenders.slice(0, start)]) {
      const from = performance.now()
      await run()
      times.get(name)?.push(performance.now() - from)
      await rest?.()
    }
  }
  return new Map([...times].map(([name, list]) => [name, median(list)]))
}

interface Rounds {
  readonly requests: number
  readonly rounds: number
}

/** The same GET through each instance, as ratios of the one named `bare`. */
export const ratios = (
  instances: Readonly<Record<string, AxiosInstance>>,
  rounds: Rounds,
): Promise<Record<string, number>> =>
  ratiosOf(
    Object.fromEntries(
      Object.entries(instances).map(([name, instance]) => [name, () => instance.get('/me')]),
    ),
    rounds,
  )

/** The same request, sent in each of these ways, as ratios of the one named `bare`. */
export async function ratiosOf(
  ways: Readonly<Record<string, () => Promise<unknown>>>,
  { requests, rounds }: Rounds,
): Promise<Record<string, number>> {
  const contenders = Object.entries(ways).map(([name, send]) => ({
    name,
    async run() {
      for (let sent = 0; sent < requests; sent++) await send()
    },
  }))
  const medians = await compare(contenders, rounds)
  const bare = medians.get('bare') ?? NaN
  return Object.fromEntries([...medians].map(([name, ms]) => [name, ms / bare]))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
