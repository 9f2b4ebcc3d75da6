import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { createSession } from 'unexpired'
import { fileStore } from 'unexpired/node'
import { expect, onTestFinished, test } from 'vitest'

import { canary, oddStoredTexts } from './odd-records.js'
import { expectCleanPrototypes } from './promises-kept.js'
import { longestMs, runs } from './runs.js'

/** What is in a file may be no text at all. */
const contents = fc.oneof(
  { arbitrary: oddStoredTexts.map((text) => Buffer.from(text)), weight: 4 },
  { arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
  {
    arbitrary: oddStoredTexts.map((text) => Buffer.from(`\uFEFF${text}`, 'utf16le')),
    weight: 1,
  },
)

test(
  'G32 G40 whatever lies in a file, fileStore takes it for absent, or as it is, and writes over it',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'unexpired-hostile-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const path = join(folder, 'session.json')
    const property = fc.asyncProperty(contents, async (content) => {
      await writeFile(path, content)
      const session = createSession({
        store: fileStore(path),
        refresh: () => Promise.reject(new Error('not called')),
      })
      await session.ready
      expect(['active', 'signed-out']).toContain(session.status)
      expect(JSON.stringify(session.explain())).not.toContain(canary)
      await session.signIn({ accessToken: 'good-1', expiresIn: 600 })
      expect(await session.getAccessToken()).toBe('good-1')
      await session.close()
      expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
        tokens: { accessToken: 'good-1' },
      })
      expectCleanPrototypes()
    })
    await fc.assert(property, runs(30))
  },
  longestMs,
)
