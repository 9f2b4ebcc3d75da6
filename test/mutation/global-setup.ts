import type { TestProject } from 'vitest/node'

import { findRedis } from '../../scripts/redis.js'
import { buildWorkers } from '../node/harness/build-workers.js'
import { partOf } from './parts.js'

/** Finds Redis and bundles the worker processes, for the tests that start them. */
export async function setup(project: TestProject): Promise<void> {
  if (partOf().inProcesses) await buildWorkers()
  const isNeeded = process.env['MUTANTS']?.startsWith('redis')
  project.provide('redis', isNeeded ? await findRedis() : { missing: '' })
}
