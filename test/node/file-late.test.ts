import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { open } from 'node:fs/promises'

import { createSession } from 'unexpired'
import { fileStore } from 'unexpired/node'
import { expect, onTestFinished, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { makePath } from './harness/place.js'

/** Those of Node that read files. */
const threads = 4

/** Keeps all threads busy, without work, until it is ended. */
async function busyThreads(): Promise<() => void> {
  const pipe = await makePath()
  execFileSync('mkfifo', [pipe])
  const waiting = Array.from({ length: threads }, () => open(pipe, 'r'))
  let isOver = false
  return () => {
    if (isOver) return
    isOver = true
    const writer = openSync(pipe, constants.O_RDWR)
    for (const opened of waiting) void opened.then((handle) => handle.close())
    void Promise.all(waiting).then(() => closeSync(writer))
  }
}

test('G31 who is signed in is not taken for signed out where a file is read too late', async () => {
  const path = await makePath()
  await fileStore(path).replace(undefined, record(1))
  const end = await busyThreads()
  onTestFinished(end)
  const session = createSession({
    store: fileStore(path),
    refresh: () => Promise.reject(new Error('not called')),
  })
  onTestFinished(() => void session.close())
  const late = expect(fileStore(path).load()).rejects.toThrow('it was not read within 4500 ms')
  await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'refresh-unavailable' })
  expect(session.status).toBe('restoring')
  await late
  end()
  await expect.poll(() => session.status, { timeout: 8_000 }).toBe('active')
})
