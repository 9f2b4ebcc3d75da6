import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { typeErrorsOf, writeModules } from './modules.js'
import { startPages, type Pages } from './pages.js'
import { readBlocks, type Block } from './read-blocks.js'

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
const modules = await writeModules(blocks, folder, join(here, 'prelude.ts'))
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
  afterAll(() => browser.close())

  for (const { document, line, isRun, page, file } of modules) {
    if (!isRun) continue
    test(`${document}:${line}`, async () => {
      browser.open(page)
      await expect(import(/* @vite-ignore */ file)).resolves.toBeDefined()
    })
  }
})
