import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { TestProject } from 'vitest/node'

import { root, run } from './run.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed package, as it would be published. */
    tarball: string
  }
}

/** Builds and packs the package, once for all tests that need it as users get it. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // scripts/check-guarantees.ts only asks which tests there are.
  if (process.env['UNEXPIRED_LIST_ONLY']) return undefined
  const place = await mkdtemp(join(tmpdir(), 'unexpired-packed-'))
  await run('npm', ['run', '--silent', 'build'], { cwd: root })
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', place]
  const name = (await run('npm', args, { cwd: root })).trim()
  project.provide('tarball', join(place, name))
  return () => rm(place, { recursive: true, force: true })
}
