import { redisStore } from 'unexpired/redis'
import type { StoredSession } from 'unexpired'
import { describe, expect, onTestFinished, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { unhandled } from '../core/signing.js'
import { connect, libraries } from './harness/redis-clients.js'
import { startCluster } from './harness/redis-topologies.js'
import { openServer, openUser, timed } from './harness/redis-user.js'
import { useServers } from './harness/redis.js'
import type { RedisServer } from './harness/redis.js'

const cluster = useServers(startCluster)

const ok = (count: number): number[] => Array.from({ length: count }, () => 200)

const sessionKey = (user: string): string => `unexpired:{${user}}:session`

/** One user of each node. */
async function names(): Promise<string[]> {
  const found = new Map<number, string>()
  for (let at = 0; found.size < 3; at += 1) {
    const { port } = await cluster().nodeOf(sessionKey(`user-${at}`))
    if (!found.has(port)) found.set(port, `user-${at}`)
  }
  return [...found.values()]
}

const generation = async (user: string): Promise<unknown> => {
  const node = await cluster().nodeOf(sessionKey(user))
  const text = await node.ask('GET', sessionKey(user))
  return (JSON.parse(String(text)) as { generation?: number } | null)?.generation
}

describe.each(libraries)('a cluster of three masters, through %s', (library) => {
  test('G1 G4 users in all slots refresh once each, on two machines', async () => {
    const server = await openServer()
    const machines = [await connect(library, cluster()), await connect(library, cluster())]
    const users = (await names()).map((name) => ({
      name,
      sessions: machines.map(({ client }) => openUser(redisStore(client, name), server)),
    }))
    for (const { name, sessions } of users) {
      await sessions[0]?.signIn(name)
      // The message comes from whichever node it was said to.
      await expect.poll(() => sessions[1]?.session.status).toBe('active')
    }
    for (let round = 1; round <= 3; round += 1) {
      server.orders.expireNow()
      const all = users.flatMap(({ sessions }) => sessions.map((user) => user.herd(3)))
      expect((await Promise.all(all)).flat()).toEqual(ok(18))
      expect(server.counts).toMatchObject({ refreshes: 3 * round, familiesRevoked: 0 })
    }
  })

  test('G31 where one master is down, its users work from memory, and the others as ever', async () => {
    const lost = unhandled()
    const server = await openServer()
    const { client } = await connect(library, cluster())
    const found = await names()
    const users = found.map((name) =>
      openUser(redisStore(client, name, { timeoutMs: 400 }), server),
    )
    for (const [at, user] of users.entries()) await user.signIn(found[at])
    const [gone, ...others] = users
    const [goneName, ...otherNames] = found
    if (!gone || goneName === undefined) expect.unreachable()
    const node = await cluster().nodeOf(sessionKey(goneName))
    await node.kill()

    server.orders.expireNow()
    const { ms, value } = await timed(() => gone.herd(5))
    expect(value).toEqual(ok(5))
    expect(ms).toBeLessThan(3_000)
    for (const user of others) expect(await user.herd(5)).toEqual(ok(5))
    expect(server.counts).toMatchObject({ refreshes: 3, familiesRevoked: 0 })
    for (const name of otherNames) expect(await generation(name)).toBe(2)

    await node.start()
    const patient = { timeout: 20_000, interval: 100 }
    await expect.poll(() => generation(goneName).catch(String), patient).toBe(2)
    server.orders.expireNow()
    for (const user of users) expect(await user.herd(3)).toEqual(ok(3))
    expect(server.counts).toMatchObject({ refreshes: 6, familiesRevoked: 0 })
    expect(lost).toEqual([])
  })

  test('who watches hears of changes again after the node was killed that told of them', async () => {
    const [here, there] = [await connect(library, cluster()), await connect(library, cluster())]
    const found = await names()
    const [watched] = found
    if (watched === undefined) expect.unreachable()
    const subscribed = async (): Promise<RedisServer | undefined> => {
      for (const node of cluster().nodes) {
        const answer = await node.ask('PUBSUB', 'NUMSUB', `unexpired:{${watched}}`)
        if (Array.isArray(answer) && Number(answer[1]) > 0) return node
      }
      return undefined
    }
    const store = redisStore(here.client, watched)
    // As long as the cluster is down, it cannot be read: a session reads again then.
    const look = async (): Promise<StoredSession | undefined> => store.load()
    const stop = store.watch(() => void seen.push(look().catch(() => undefined)))
    const seen: Promise<StoredSession | undefined>[] = []
    onTestFinished(stop)
    await store.load()
    await expect.poll(subscribed, { timeout: 5_000 }).toBeDefined()
    const teller = await subscribed()
    await teller?.kill()
    await teller?.start()
    const patient = { timeout: 20_000, interval: 100 }
    const writer = redisStore(there.client, watched)
    let generationNow = 0
    const change = async (): Promise<void> => {
      const stored = await writer.load()
      await writer.replace(stored, record((generationNow += 1)))
    }
    // At the latest what comes when it has found another node.
    const isHeard = async (): Promise<boolean> => {
      await change().catch(() => undefined)
      await new Promise<void>((done) => void setTimeout(done, 200))
      return (await seen.at(-1))?.generation === generationNow
    }
    await expect.poll(isHeard, patient).toBe(true)
  })
})
