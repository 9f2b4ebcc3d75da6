import { findRedis } from '../scripts/redis.js'
import { startRedisServer } from '../test/node/harness/redis-server.js'
import { sessionSizes } from './redis-memory.js'
import { herdRates, readRates, refreshRates } from './redis-speed.js'
import { redisTrips } from './redis-trips.js'

type Table = (title: string, rows: Record<string, string>) => void

const perSecond = (rate: number, of: number): string =>
  `${Math.round(rate).toLocaleString('en')} a second (${(rate / of).toFixed(2)} ×)`

/** A thousand users in a Redis of our own, against a lock as it is usually written by hand. */
export async function redis(table: Table): Promise<void> {
  const found = await findRedis()
  if ('missing' in found) return console.log(`\nRedis is not measured: ${found.missing}`)
  const server = await startRedisServer(found.program)
  try {
    const { naive, ours, naiveLive, oursLive } = await redisTrips(server)
    table('Redis: what a refresh costs, on the wire', {
      'by hand (SET NX PX, GET, SET, DEL): round trips': naive.trips.toFixed(1),
      'by hand: commands; bytes sent, received': `${naive.commands.toFixed(1)}; ${naive.bytesSent.toFixed(0)}, ${naive.bytesReceived.toFixed(0)}`,
      'redisStore: round trips': ours.trips.toFixed(1),
      'redisStore: scripts; bytes sent, received': `${ours.commands.toFixed(1)}; ${ours.bytesSent.toFixed(0)}, ${ours.bytesReceived.toFixed(0)}`,
      'by hand: round trips of a request with a live token': naiveLive.toFixed(1),
      'redisStore: the same (aim: 0)': oursLive.toFixed(1),
    })

    const refreshed = await refreshRates(server.port)
    table('Redis: refreshes of 1,000 users by one process, no time at the token server', {
      'by hand': perSecond(refreshed.naive, refreshed.naive),
      redisStore: perSecond(refreshed.plain, refreshed.naive),
      'redisStore, encrypted': perSecond(refreshed.encrypted, refreshed.naive),
    })

    const herd = await herdRates(server.port)
    table('Redis: users whom four machines want refreshed at once, 20 ms at the token server', {
      'by hand, polling each 50 ms': perSecond(herd.naive, herd.naive),
      redisStore: perSecond(herd.plain, herd.naive),
    })

    const read = await readRates(server.port)
    table('Redis: reads of a live token', {
      'by hand, a GET for each request': perSecond(read.naive, read.naive),
      redisStore: perSecond(read.plain, read.naive),
      'redisStore, encrypted': perSecond(read.encrypted, read.naive),
      'redisStore, users that the process does not know yet': perSecond(read.cold, read.naive),
    })

    const sizes = [...(await sessionSizes(server))].map(([name, size]): [string, string] => [
      name,
      `${size.text.toFixed(0)} of text, ${size.key.toFixed(0)} with its key, ${size.all.toFixed(0)} in all; open ${size.watched.toFixed(0)} more`,
    ])
    table('Redis: bytes of a session', Object.fromEntries(sizes))
  } finally {
    await server.end()
  }
}
