import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

import { findRedis } from '../../scripts/redis.js'
import { startRedisServer } from '../node/harness/redis-server.js'
import { typeErrorsOf, writeModules } from './modules.js'
import { startPages, type Pages } from './pages.js'
import { readBlocks, type Block } from './read-blocks.js'
import { openServerPlace } from './server-prelude.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
const docs = await readdir(join(root, 'docs')).catch((): string[] => [])
const pages = docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)
const blocks: Block[] = []
for (const document of ['README.md', ...pages]) {
  blocks.push(...readBlocks(document, await readFile(join(root, document), 'utf8')))
}

/** Inside the repository, where the package is found under its name. */
const folder = await mkdtemp(join(here, '.blocks-'))
const modules = await writeModules(blocks, folder, here)
afterAll(() => rm(folder, { recursive: true, force: true }))

test('README.md has code to show', () => {
  expect(blocks.filter(({ document }) => document === 'README.md').length).toBeGreaterThan(0)
})

test('the code in README.md and docs/ type-checks', { timeout: 60_000 }, () => {
  expect(typeErrorsOf(modules, root)).toEqual([])
})

describe('runs as it stands:', () => {
  let browser: Pages
  beforeAll(async () => {
    browser = await startPages()
  })
  beforeEach(() => {
    // What a block asserts must hold.
    vi.spyOn(console, 'assert').mockImplementation((isTrue) => {
      if (!isTrue) throw new Error('what it asserts does not hold')
    })
  })
  afterAll(() => browser.close())

  for (const { document, line, isRun, page, file } of modules) {
    if (!isRun || page === 'server') continue
    test(`${document}:${line}`, async () => {
      browser.open(page)
      await expect(import(/* @vite-ignore */ file)).resolves.toBeDefined()
    })
  }

  describe('where there is no page:', () => {
    const cleanUps: (() => unknown)[] = []
    beforeAll(async () => {
      const found = await findRedis()
      if ('missing' in found) {
        // Where all must be shown, nothing is skipped.
        if (process.env['CI']) throw new Error(found.missing)
        return
      }
      const server = await startRedisServer(found.program)
      const { redis } = openServerPlace(browser.origin, server.url)
      cleanUps.push(
        () => server.end(),
        () => redis.disconnect(),
      )
    })
    afterAll(async () => {
      for (const cleanUp of cleanUps.reverse()) await cleanUp()
    })

    for (const { document, line, isRun, page, file } of modules) {
      if (!isRun || page !== 'server') continue
      test(`${document}:${line}`, async (context) => {
        context.skip(cleanUps.length === 0, 'redis-server is not installed')
        browser.open(page)
        await expect(import(/* @vite-ignore */ file)).resolves.toBeDefined()
      })
    }
  })
})
