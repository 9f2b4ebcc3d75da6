import { createSession } from 'unexpired'
import { redisStore } from 'unexpired/redis'

import { open } from '../harness/redis-open.js'
import type { Library } from '../harness/redis-open.js'

/**
 * Uses sessions in Redis, and quits its client as apps do at their end: closes none of its sessions, waits
 * for nothing, and must end by itself. Arguments: library, port, and what it does before.
 */
const [library, port, plan] = process.argv.slice(2)
const place = { port: Number(port) }
const connection = await open(library as Library, place)
let generation = 1
// What is under way may be cut off, and ioredis then says so.
const close = (): Promise<unknown> => connection.close().catch(() => undefined)
const user = (name: string) =>
  createSession({
    store: redisStore(connection.client, name, { timeoutMs: 500 }),
    refresh: async () => ({ accessToken: `access-${(generation += 1)}`, refreshToken: 'r' }),
  })

if (plan === 'quits-first') {
  // Before any connection of ours is there.
  user('early')
  await close()
} else {
  const [ann, bob] = [user('ann'), user('bob')]
  await Promise.all([ann, bob].map((session) => session.signIn({ accessToken: 'access-1' })))
  await ann.refresh()
  await close()
  // Some requests come late, one of somebody new.
  if (plan === 'refreshes-afterwards') await Promise.all([bob.refresh(), user('carl').ready])
}
console.log('done')
