import { vi } from 'vitest'

type RunScript = (...args: unknown[]) => Promise<unknown>

/**
 * Puts something around each script of this client that Redis knows: what happens between a question and its
 * answer cannot be timed otherwise.
 */
export function aroundScripts(
  client: object,
  wrap: (run: () => Promise<unknown>) => Promise<unknown>,
) {
  const name = 'defineCommand' in client ? 'evalsha' : 'evalSha'
  const calls = client as Record<string, RunScript>
  const run = calls[name]?.bind(client)
  return vi.spyOn(calls, name).mockImplementation((...args) => wrap(async () => run?.(...args)))
}
