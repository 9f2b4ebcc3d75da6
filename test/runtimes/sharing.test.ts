import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Redis } from 'ioredis'
import { createSession } from 'unexpired'
import type { TokenStore } from 'unexpired'
import { fileStore } from 'unexpired/node'
import { redisStore } from 'unexpired/redis'
import { startTokenServer } from 'unexpired/testing'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'

import { findRedis, type FoundRedis } from '../../scripts/redis.js'
import { startRedisServer } from '../node/harness/redis-server.js'
import { createUserProject, type UserProject } from '../package/project.js'
import { findRuntimes, runOn, type Runtime } from './find-runtimes.js'

const runtimes = await findRuntimes()
const inCi = Boolean(process.env['CI'])
const redis = await findRedisToo()
let project: UserProject

/** Here, as the tests themselves may not take as long as an installation. */
async function findRedisToo(): Promise<FoundRedis> {
  // scripts/check-guarantees.ts only asks which tests there are.
  if (process.env['UNEXPIRED_LIST_ONLY']) return { missing: 'not looked for' }
  const found = await findRedis()
  if ('missing' in found && !inCi) console.warn(`skipped: ${found.missing}`)
  return found
}

beforeAll(async () => {
  const packages = ['fs-native-extensions', 'ioredis', 'proper-lockfile', 'redis']
  project = await createUserProject({
    links: Object.fromEntries(packages.map((name) => [name, name])),
  })
  for (const file of ['holder.mjs', 'suite.mjs']) {
    await copyFile(new URL(`./${file}`, import.meta.url), join(project.folder, file))
  }
})
afterAll(() => project.remove())

/** What a holder prints. */
interface Told {
  readonly statuses: readonly number[]
  readonly isHeard: boolean
  readonly missing: readonly string[]
  readonly troubles: readonly unknown[]
}

/**
 * This process signs in; two of another runtime find the token expired at once, and go on; this one
 * signs out. Gives what they told, and how many refreshes that cost.
 */
async function share(runtime: Runtime, store: TokenStore, ...place: readonly string[]) {
  const server = await startTokenServer({ latency: { refresh: 300 } })
  onTestFinished(() => server.close())
  const session = createSession({
    store,
    refresh: () => Promise.reject(new Error('nobody asked for anything here')),
  })
  onTestFinished(async () => await session.close())
  const answer = await fetch(`${server.url}/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'ann' }),
  })
  await session.signIn((await answer.json()) as { accessToken: string })
  server.orders.expireNow()

  const holders = [1, 2].map(() => runOn(runtime, project, 'holder.mjs', server.url, ...place))
  const all = Promise.all(holders)
  await Promise.race([
    all,
    vi.waitFor(() => expect(server.counts.served).toBe(20), { timeout: 20_000 }),
  ])
  await session.signOut()
  const told = (await all).map((text) => JSON.parse(text) as Told)
  return { told, refreshes: server.counts.refreshes }
}

const right = { statuses: [200], isHeard: true, missing: [], troubles: [] }

describe.each(runtimes)('two processes on $name', (runtime) => {
  const { name, command, install } = runtime
  const isMissing = !command && !inCi

  test('G1 share a session in a file', async ({ skip }) => {
    skip(isMissing, install)
    const folder = await mkdtemp(join(tmpdir(), 'unexpired-shared-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const path = join(folder, 'session.json')
    // Only Node can load the lock of the kernel.
    const expected = name.startsWith('node') ? right : { ...right, missing: ['kernel-lock'] }
    expect(await share(runtime, fileStore(path), 'file', path)).toEqual({
      told: [expected, expected],
      refreshes: 1,
    })
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test.for(['ioredis', 'node-redis'])(
    'G1 share a session in Redis, by %s',
    async (library, { skip }) => {
      skip(isMissing, install)
      if ('missing' in redis) {
        skip(!inCi, redis.missing)
        throw new Error(redis.missing)
      }
      const server = await startRedisServer(redis.program)
      onTestFinished(() => server.end())
      const client = new Redis(server.port, '127.0.0.1')
      onTestFinished(() => client.disconnect())
      const store = redisStore(client, 'ann')
      expect(await share(runtime, store, library, `${server.port}`)).toEqual({
        told: [right, right],
        refreshes: 1,
      })
    },
  )
})
