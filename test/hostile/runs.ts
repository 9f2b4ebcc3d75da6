import type fc from 'fast-check'

/**
 * The same runs each time, so that whoever changed nothing breaks nothing. `UNEXPIRED_HOSTILE_RUNS`
 * multiplies them, and takes others each time; what fails is printed with the seed and the path with
 * which `UNEXPIRED_HOSTILE_SEED` and `UNEXPIRED_HOSTILE_PATH` play it again.
 */
const {
  UNEXPIRED_HOSTILE_RUNS: times,
  UNEXPIRED_HOSTILE_SEED: seed = times === undefined ? '20260101' : undefined,
  UNEXPIRED_HOSTILE_PATH: path = '',
} = process.env

/** So many runs, or as many times more as was asked for. */
export const runs = (usual: number): fc.Parameters<unknown> => ({
  numRuns: usual * Number(times ?? 1),
  ...(seed !== undefined && { seed: Number(seed), path }),
})

/** Far beyond what is needed. */
export const longestMs = 20_000 * Number(times ?? 1)
