import { once } from 'node:events'

import { redisStore } from 'unexpired/redis'

import { record } from '../../stores/store-records.js'
import { open } from '../harness/redis-open.js'
import type { Library } from '../harness/redis-open.js'

/**
 * Takes the turn of a session of generation 1, waits in it for a line, and then commits generation 2.
 * Says each step in a line. Arguments: library, port, lease.
 */
const [library, port, leaseMs] = process.argv.slice(2)
const { client, quit } = await open(library as Library, { port: Number(port) })
const store = redisStore(client, 'ann', { leaseMs: Number(leaseMs) })
await store.load()

let finished = (): void => undefined
const finishing = new Promise<void>((resolve) => (finished = resolve))

async function work(): Promise<void> {
  console.log('holding')
  await once(process.stdin, 'data')
  const mine = record(2, { tokens: { accessToken: 'mine' } })
  console.log((await store.replace(record(1), mine)) ? 'written' : 'overruled')
  finished()
}

const done = store.exclusive(work, { waitMs: 5_000 }).then(() => 'kept', String)
// It is told as soon as it is known, and the work runs on.
console.log(await done)
await finishing
quit()
process.stdin.destroy()
