import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { describe, expect, test } from 'vitest'

import { libraries } from './harness/redis-clients.js'
import { useServers } from './harness/redis.js'

const plans = ['quits', 'quits-first', 'refreshes-afterwards']

const all = libraries.flatMap((library) => plans.map((plan) => [library, plan] as const))

/** One for each, as they run at once. */
const servers = useServers((start) => Promise.all(all.map(() => start())))

const run = promisify(execFile)

describe.concurrent('a process that quits its client ends by itself', { timeout: 60_000 }, () => {
  test.for(all.map(([library, plan], at) => ({ library, plan, at })))(
    'G14 through $library: $plan',
    async ({ library, plan, at }) => {
      const path = fileURLToPath(new URL('children/redis-quits.ts', import.meta.url))
      // One that does not end by itself is killed, and rejects.
      const { stdout } = await run(
        process.execPath,
        ['--import', 'tsx', path, library, String(servers()[at]?.port), plan],
        { timeout: 50_000, cwd: fileURLToPath(new URL('../..', import.meta.url)) },
      )
      expect(stdout.trim()).toBe('done')
    },
  )
})
