import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { createSession } from 'unexpired'
import type { SessionEvent } from 'unexpired'
import { fileStore } from 'unexpired/node'
import { describe, expect, onTestFinished, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { makePath } from './harness/place.js'

const whole = JSON.stringify(record(1))

const rubbish: [string, string | Buffer][] = [
  ['is empty', ''],
  ['holds bytes that are no text', randomBytes(2_000)],
  ['holds zeros, as after a loss of power', Buffer.alloc(300)],
  ['begins with a mark of byte order', `\uFEFF${whole}`],
  ['holds another program’s settings', 'token = "hunter2"\n[profile]\nuser = ann\n'],
  ['holds a list', JSON.stringify([record(1)])],
  ['holds a record twice', whole + whole],
  ['is far too large', Buffer.alloc(30_000_000, whole)],
]

describe('a file that', () => {
  test.each(rubbish)('G32 %s counts as absent, and is written over', async (_name, bytes) => {
    const path = await makePath()
    await writeFile(path, bytes)
    const session = createSession({
      store: fileStore(path),
      refresh: () => Promise.reject(new Error('not called')),
    })
    onTestFinished(() => void session.close())
    await session.ready
    expect(session.status).toBe('signed-out')
    await session.signIn({ accessToken: 'of-ann' })
    expect(session.explain().map(({ type }) => type)).not.toContain('store-failed')
    expect(JSON.stringify(session.explain())).not.toContain('hunter2')
    expect(await readFile(path, 'utf8')).toContain('of-ann')
    const other = fileStore(path)
    expect((await other.load())?.tokens?.accessToken).toBe('of-ann')
  })

  test('G32 is a hole of a thousand gigabytes counts as absent, and is written over', async () => {
    const path = await makePath()
    await writeFile(path, whole)
    await truncate(path, 2 ** 40)
    const store = fileStore(path)
    expect(await store.load()).toBeUndefined()
    expect(await store.replace(undefined, record(1))).toBe(true)
    expect(await store.load()).toEqual(record(1))
  })

  test('G32 G31 becomes rubbish under a live session is written again from memory', async () => {
    const path = await makePath()
    const session = createSession({
      store: fileStore(path),
      refresh: () => Promise.reject(new Error('not called')),
    })
    onTestFinished(() => void session.close())
    await session.signIn({ accessToken: 'of-ann' })
    await writeFile(path, whole.slice(0, 40))
    await expect.poll(() => readFile(path, 'utf8'), { timeout: 8_000 }).toContain('of-ann')
    expect(session.status).toBe('active')
  })
})

describe('what lies beside the file', () => {
  test('G35 of writers that were killed is removed by the next one, and nothing of others', async () => {
    const path = await makePath()
    const directory = dirname(path)
    const id = '01234567-89ab-cdef-0123-456789abcdef'
    const dead = [`session.json.${id}.tmp`]
    const others = [
      'session.json.bak',
      'session.json.tmp',
      `session.json.${id}`,
      `session.json.${id}.tmp.txt`,
      `other-session.json.${id}.tmp`,
      `session.jsonx.${id}.tmp`,
      `session.json.1.tmp`,
      'notes.txt',
    ]
    for (const name of [...dead, ...others]) await writeFile(join(directory, name), 'of somebody')
    await fileStore(path).replace(undefined, record(1))
    const left = await readdir(directory)
    expect(left).toEqual(expect.arrayContaining([...others, basename(path)]))
    expect(left).not.toEqual(expect.arrayContaining(dead))
  })

  test('G31 and cannot be removed hinders no write', async () => {
    const path = await makePath()
    await mkdir(`${path}.01234567-89ab-cdef-0123-456789abcdef.tmp/inner`, { recursive: true })
    const store = fileStore(path)
    expect(await store.replace(undefined, record(1))).toBe(true)
    expect(await store.load()).toEqual(record(1))
  })

  test('G32 a named pipe in its place is no file, and is not waited for', async () => {
    const path = await makePath()
    const { execFile } = await import('node:child_process')
    await new Promise((resolve) => void execFile('mkfifo', [path], resolve))
    const events: SessionEvent[] = []
    const session = createSession({
      store: fileStore(path),
      refresh: () => Promise.reject(new Error('not called')),
    })
    session.on('store-failed', (event) => void events.push(event))
    onTestFinished(() => void session.close())
    const since = Date.now()
    await session.ready
    expect(Date.now() - since).toBeLessThan(3_000)
    await session.signIn({ accessToken: 'of-ann' })
    expect(session.tokens?.accessToken).toBe('of-ann')
    expect(events.map(({ type }) => type)).toContain('store-failed')
  })
})

test('G31 a record that is too large to be read again is not written', async () => {
  const path = await makePath()
  const store = fileStore(path)
  await store.replace(undefined, record(1))
  const huge = record(2, { tokens: { accessToken: 'a'.repeat(2 ** 20) } })
  await expect(store.replace(record(1), huge)).rejects.toThrow(/record of more than 1048576 bytes$/)
  expect(await store.load()).toEqual(record(1))
})

test('G31 a record that is as large as a record may be is written, and read again', async () => {
  const path = await makePath()
  const store = fileStore(path)
  const large = (accessToken: string) => record(1, { tokens: { accessToken } })
  const rest = 2 ** 20 - JSON.stringify(large('')).length
  const largest = large('a'.repeat(rest))
  expect(await store.replace(undefined, largest)).toBe(true)
  expect((await stat(path)).size).toBe(2 ** 20)
  expect(await store.load()).toEqual(largest)
})

test('G31 what is not there is removed as well', async () => {
  const store = fileStore(await makePath())
  expect(await store.replace(undefined, undefined)).toBe(true)
  expect(await store.load()).toBeUndefined()
})
