import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

interface Ran {
  readonly title: string
  readonly status: string
  readonly failureMessages: readonly string[]
}

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const vitest = place('../../node_modules/vitest/vitest.mjs')

let folder: string
let ran: readonly Ran[]
let printed = ''

// What leaks on purpose is run once, as the suite is, in a process of its own.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unexpired-canary-'))
  const file = join(folder, 'report.json')
  const args = ['run', '--config', place('leaks/vitest.config.ts'), '--reporter=json']
  await new Promise<void>((done) => {
    const env = { ...process.env, NO_COLOR: '1' }
    execFile(
      process.execPath,
      [vitest, ...args, `--outputFile=${file}`],
      { env },
      (_e, out, err) => {
        printed = out + err
        done()
      },
    )
  })
  const report = JSON.parse(await readFile(file, 'utf8')) as {
    testResults: { assertionResults: Ran[] }[]
  }
  ran = report.testResults.flatMap(({ assertionResults }) => assertionResults)
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

/** What is said of a test that leaks; nothing where it passes. */
function saidOf(title: string): string | undefined {
  const found = ran.find((each) => each.title === title)
  if (!found) throw new Error(`${title} did not run: ${printed}`)
  return found.status === 'passed' ? undefined : found.failureMessages.join('\n')
}

describe('a token that is shown where none may be fails the test that shows it', () => {
  test.each([
    ['an error', 'an error'],
    ['an event', 'an event'],
    ['the console', 'the console'],
    ['the console, without the name of the package', 'the console'],
    ['a piece in an event', 'an event'],
    ['a URL in an event', 'an event'],
    ['a token that only a store had, in an event', 'an event'],
    ['an error of axios that was handed on', 'an error of axios that was handed on'],
    ['a session that is printed', 'a session that is printed'],
    ['the output of the process', 'the output of the process'],
    ['a warning of the process', 'a warning of the process'],
    ['a message to other tabs', 'a message to other tabs'],
    ['a key, a channel or a message of Redis', 'a key, a channel or a message of Redis'],
    ['a storage of the page', 'a storage of the page'],
    ['the name of a file', 'the name of a file'],
  ])('G40 %s', (title, where) => {
    const said = saidOf(title)
    expect(said).toContain(`G40 a token is in ${where}`)
    expect(said).toContain(`in "${title}": `)
    expect(said).toMatch(/\[TOKEN, \d+ characters\]/)
  })
})

test('what shows none passes, and so does what shows some on purpose', () => {
  expect(saidOf('nothing leaks')).toBeUndefined()
  expect(saidOf('the console, on purpose')).toBeUndefined()
})

test('nothing else has failed, and no alarm shows the token itself', () => {
  const others = ran.flatMap(({ failureMessages }) => failureMessages)
  expect(others.filter((message) => !message.includes('G40 a token is in'))).toEqual([])
  expect(others.join('\n')).not.toMatch(/7Zk2pQ9x/i)
})
