import type { RedisServer } from '../test/node/harness/redis-server.js'
import { connect, encryption, openSessions, signInAll, tokenForms, users } from './redis-world.js'
import type { TokenForm } from './redis-world.js'

/** What one session takes, in bytes. */
export interface SessionSize {
  /** The record as it is stored. */
  readonly text: number
  /** By `MEMORY USAGE` of its key. */
  readonly key: number
  /** What a thousand of them added to `used_memory`, for each; nobody watches them. */
  readonly all: number
  /** What was added by a process that has them open, and hears of changes. */
  readonly watched: number
}

const usedMemory = async (server: RedisServer): Promise<number> =>
  Number(/used_memory:(\d+)/.exec(String(await server.ask('INFO', 'memory')))?.[1])

async function sizeOf(
  server: RedisServer,
  form: TokenForm,
  isEncrypted: boolean,
): Promise<SessionSize> {
  await server.ask('FLUSHALL')
  const client = await connect(server.port)
  const empty = await usedMemory(server)
  const how = { form, ...(isEncrypted ? { encryption } : {}) }
  const sessions = await openSessions(client, how)
  await signInAll(sessions, form)
  // As they are after some time: refreshed.
  await Promise.all(sessions.map((session) => session.refresh()))
  const open = await usedMemory(server)
  await Promise.all(sessions.map((session) => session.close()))
  await new Promise((resolve) => setTimeout(resolve, 200))
  const closed = await usedMemory(server)
  client.disconnect()
  const keys = users.map((user) => `unexpired:{${user}}:session`)
  const usages = await Promise.all(
    keys.slice(0, 20).map((key) => server.ask('MEMORY', 'USAGE', key)),
  )
  const text = Number(await server.ask('STRLEN', keys[0] ?? ''))
  return {
    text,
    key: usages.reduce<number>((sum, usage) => sum + Number(usage), 0) / usages.length,
    all: (closed - empty) / users.length,
    watched: (open - closed) / users.length,
  }
}

/** Sizes of sessions by what their tokens are, and whether they are encrypted. */
export async function sessionSizes(server: RedisServer): Promise<Map<string, SessionSize>> {
  const sizes = new Map<string, SessionSize>()
  for (const form of Object.keys(tokenForms) as TokenForm[]) {
    for (const isEncrypted of [false, true]) {
      const name = `${form === 'jwt' ? 'a JWT of 1 kB' : 'opaque tokens'}, ${isEncrypted ? 'encrypted' : 'plain'}`
      sizes.set(name, await sizeOf(server, form, isEncrypted))
    }
  }
  return sizes
}
