/** What a server or a command-line tool writes. It is type-checked as a user's file, against the packed types. */
import { homedir } from 'node:os'
import { join } from 'node:path'

import { createSession, createSessionPool } from 'unexpired'
import type { Session, SessionPool, SessionPoolOptions, TokenStore } from 'unexpired'
import { fileStore } from 'unexpired/node'

const store: Required<TokenStore> = fileStore(join(homedir(), '.config', 'tool', 'session.json'))
const refresh = async () => ({ accessToken: 'a', refreshToken: 'r', expiresIn: 60 })
export const session: Session = createSession({ store, refresh })

const options: SessionPoolOptions = {
  create: (userId) => createSession({ store: fileStore(join('users', userId)), refresh }),
  max: 100,
  idleMs: 1_000,
}
const pool: SessionPool = createSessionPool(options)
const { get } = createSessionPool({ create: () => createSession({ refresh }) })

export async function use(): Promise<string | undefined> {
  const user: Session = pool.get('ann')
  if (pool.size > 1 || get('ann').status === 'signed-out') await user.signOut()
  const token = await user.getAccessToken()
  await pool.close()
  await session.close()
  return token
}

// @ts-expect-error -- each session has a path
fileStore()
// @ts-expect-error -- how many are live is not for the app to say
pool.size = 2
// @ts-expect-error -- a session is made at once
createSessionPool({ create: async () => createSession({ refresh }) })
