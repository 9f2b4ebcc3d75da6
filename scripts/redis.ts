/** Finds the Redis that the tests in `test/node` start; installs it where it can. */
import { delimiter, join } from 'node:path'

import { canInstall, firstThere, install } from './apt.js'

/** `redis-server`, or a line that says what to install. */
export type FoundRedis = { readonly program: string } | { readonly missing: string }

/** Where systems put it, should the search path not lead there. */
const usualFolders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/local/bin']

const look = (): Promise<string | undefined> => {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return firstThere([...folders, ...usualFolders].map((folder) => join(folder, 'redis-server')))
}

export async function findRedis(): Promise<FoundRedis> {
  let program = await look()
  let failure = ''
  if (!program && (await canInstall())) {
    failure = await install(['redis-server'])
    program = await look()
  }
  if (program) return { program }
  const ways = 'apt-get install redis-server, or brew install redis'
  return { missing: `redis-server is missing: ${ways}${failure && ` (${failure})`}` }
}
