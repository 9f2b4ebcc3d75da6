import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createUserProject, type UserProject } from '../package/project.js'
import { findRuntimes, runOn } from './find-runtimes.js'

const runtimes = await findRuntimes()
const inCi = Boolean(process.env['CI'])
let project: UserProject

for (const { name, command, install } of inCi ? [] : runtimes) {
  if (!command) console.warn(`skipped: ${name} was not found; ${install}`)
}

beforeAll(async () => {
  project = await createUserProject({ links: { axios: 'axios', 'idb-keyval': 'idb-keyval' } })
  for (const file of ['browser-checks.mjs', 'core-suite.mjs', 'fetch-checks.mjs', 'suite.mjs']) {
    await copyFile(new URL(`./${file}`, import.meta.url), join(project.folder, file))
  }
  await project.write('reject.mjs', `void Promise.reject(new Error('nobody handles me'))`)
})
afterAll(() => project.remove())

describe.each(runtimes)('$name', (runtime) => {
  const { name, command, install } = runtime
  const isMissing = !command && !inCi

  test('runs the core, axios, fetch and browserStore, leaves no rejection unhandled, and ends', async ({
    skip,
  }) => {
    skip(isMissing, install)
    const output = await runOn(runtime, project, 'core-suite.mjs')
    expect(output).toContain(`on ${name}.`)
    expect(output).toMatch(/\n\d\d passed, 0 failed\n$/)
  })

  test('would fail at an unhandled rejection', async ({ skip }) => {
    skip(isMissing, install)
    await expect(runOn(runtime, project, 'reject.mjs')).rejects.toThrow('nobody handles me')
  })
})
