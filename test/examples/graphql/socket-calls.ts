import type { Client } from 'graphql-ws'
import { onTestFinished } from 'vitest'

/** A subscription, and what came of it. */
export interface Subscribed {
  readonly seen: readonly unknown[]
  /** What ended it, if it was not the test. */
  readonly errors: readonly unknown[]
  readonly leave: () => void
}

export function subscribe(client: Client): Subscribed {
  const seen: unknown[] = []
  const errors: unknown[] = []
  const leave = client.subscribe<{ ticks: number }>(
    { query: 'subscription { ticks }' },
    {
      next: ({ data }) => seen.push(data?.ticks),
      error: (error) => errors.push(error),
      complete: () => undefined,
    },
  )
  onTestFinished(leave)
  return { seen, errors, leave }
}
