import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, expect, test } from 'vitest'

import { typeErrorsOf, writeModules } from './modules.js'
import { readBlocks } from './read-blocks.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
const folder = await mkdtemp(join(here, '.blocks-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const fence = '```'

test('README.md is run whole, and a document of docs/ where it says so', () => {
  const markdown = [
    `${fence}ts`,
    'first()',
    fence,
    '<!-- run x-token -->',
    '',
    `${fence}ts`,
    'second()',
    'third()',
    fence,
    `${fence}sh`,
    'npm start',
    fence,
  ].join('\n')
  expect(readBlocks('README.md', markdown).map(({ isRun }) => isRun)).toEqual([true, true])
  expect(readBlocks('docs/axios.md', markdown)).toEqual([
    { document: 'docs/axios.md', line: 2, code: 'first()', isRun: false, page: 'bearer' },
    { document: 'docs/axios.md', line: 7, code: 'second()\nthird()', isRun: true, page: 'x-token' },
  ])
})

test('a block without an end is a mistake', () => {
  expect(() => readBlocks('README.md', `text\n${fence}ts\nfirst()`)).toThrow('README.md:2')
})

test('a type error is told at its line of the document', { timeout: 60_000 }, async () => {
  const markdown = [
    'Some text.',
    '',
    `${fence}ts`,
    `const answer = await api.get('/me')`,
    'session.signIn(1)',
    `const session: number = 'one'`,
    fence,
    `${fence}ts`,
    `await session.nothing(axios, location)`,
    fence,
  ].join('\n')
  const modules = await writeModules(readBlocks('docs/wrong.md', markdown), folder, here)
  const places = typeErrorsOf(modules, root).map((error) => error.split(': ')[0])
  expect(new Set(places)).toEqual(
    new Set(['docs/wrong.md:5', 'docs/wrong.md:6', 'docs/wrong.md:9']),
  )
})
