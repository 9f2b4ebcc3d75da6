import { fileURLToPath } from 'node:url'

import { redisStore } from 'unexpired/redis'
import { describe, expect, onTestFinished, test } from 'vitest'

import { startGroup } from '../browser/harness/process-group.js'
import { record } from '../stores/store-records.js'
import { connect, libraries } from './harness/redis-clients.js'
import type { Library } from './harness/redis-clients.js'
import { timed } from './harness/redis-user.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

const leaseMs = 900

/** A process that has the turn. */
async function startHolder(library: Library) {
  const path = fileURLToPath(new URL('children/redis-holder.ts', import.meta.url))
  const args = ['--import', 'tsx', path, library, String(redis().port), String(leaseMs)]
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const group = startGroup(process.execPath, args, { cwd })
  onTestFinished(() => group.end())
  await group.said(1, /holding/)
  return group
}

describe.each(libraries)('a process that has the turn, through %s', (library) => {
  test('G5 G6 stopped, it is followed, and awake again, it writes over nothing', async () => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann', { leaseMs })
    await store.replace(undefined, record(1))
    const { child, said } = await startHolder(library)
    child.kill('SIGSTOP')

    const newer = record(2, { tokens: { accessToken: 'newer' } })
    const commit = async (): Promise<boolean> => store.replace(record(1), newer)
    const { ms, value } = await timed(() => store.exclusive(commit, { waitMs: 10_000 }))
    expect(value).toBe(true)
    expect(ms).toBeLessThan(leaseMs + 1_000)

    const outcome = said(1, /overruled|written/)
    const end = said(1, /turn was lost|kept/)
    child.kill('SIGCONT')
    expect(await end).toBe('turn was lost')
    child.stdin?.write('go on\n')
    expect(await outcome).toBe('overruled')
    expect(await store.load()).toEqual(newer)
  })

  test('G5 killed, it is followed when its lease ends', async () => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann', { leaseMs })
    await store.replace(undefined, record(1))
    const { child } = await startHolder(library)
    child.kill('SIGKILL')
    const { ms, value } = await timed(() =>
      store.exclusive(async () => 'followed', { waitMs: 10_000 }),
    )
    expect(value).toBe('followed')
    expect(ms).toBeLessThan(leaseMs + 1_000)
  })
})
