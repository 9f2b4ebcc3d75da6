import { onTestFinished } from 'vitest'

import { open } from './redis-open.js'
import type { ConnectOptions, Connection, Library, RedisPlace } from './redis-open.js'

export { libraries } from './redis-open.js'
export type { ConnectOptions, Connection, Library, RedisPlace } from './redis-open.js'

/** Connects with one of the two libraries; ends with the test. */
export async function connect(
  library: Library,
  place: RedisPlace,
  options: ConnectOptions = {},
): Promise<Connection> {
  const connection = await open(library, place, options)
  onTestFinished(() => connection.quit())
  return connection
}
