import type { TestProject } from 'vitest/node'

import { findRedis } from '../../scripts/redis.js'

/** Finds Redis for the tests that start it; workers are not bundled, as their mutants are asleep. */
export async function setup(project: TestProject): Promise<void> {
  const isNeeded = process.env['MUTANTS']?.startsWith('redis')
  project.provide('redis', isNeeded ? await findRedis() : { missing: '' })
}
