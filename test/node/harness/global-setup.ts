import type { TestProject } from 'vitest/node'

import { findRedis } from '../../../scripts/redis.js'
import type { FoundRedis } from '../../../scripts/redis.js'
import { buildWorkers } from './build-workers.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** `redis-server`, or what to install. */
    redis: FoundRedis
  }
}

/** Bundles the worker processes, and finds or installs Redis, once for all tests that start them. */
export async function setup(project: TestProject): Promise<void> {
  await buildWorkers()
  // scripts/check-guarantees.ts only asks which tests there are.
  const isListed = process.env['UNEXPIRED_LIST_ONLY'] !== undefined
  const found = isListed ? { missing: 'not looked for' } : await findRedis()
  if ('missing' in found && !isListed) console.warn(found.missing)
  project.provide('redis', found)
}
