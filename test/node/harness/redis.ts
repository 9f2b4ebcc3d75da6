import { afterAll, beforeAll, beforeEach, inject, onTestFinished } from 'vitest'

import { exitWithRun } from '../../browser/harness/end-of-run.js'
import { startRedisServer } from './redis-server.js'
import type { RedisServer, RedisServerOptions } from './redis-server.js'

export type { RedisServer, RedisServerOptions }

export type StartRedis = (options?: RedisServerOptions) => Promise<RedisServer>

/**
 * Says that the tests of a file start Redis. Where it is missing they are skipped, and the run says in
 * one line what to install; with CI=true they fail instead.
 */
export function needRedis(): void {
  const found = inject('redis')
  beforeAll(() => {
    // Where all must be shown, nothing is skipped.
    if ('missing' in found && process.env['CI']) throw new Error(found.missing)
    exitWithRun()
  })
  beforeEach((context) => context.skip('missing' in found, 'redis-server is not installed'))
}

/** The program, for what starts it by itself. */
function redisProgram(): string {
  const found = inject('redis')
  if ('missing' in found) throw new Error(found.missing)
  return found.program
}

/** One redis-server for this test alone; it ends with it. Its file says `needRedis()`. */
export const startRedis: StartRedis = async (options) => {
  const server = await startRedisServer(redisProgram(), options)
  onTestFinished(() => server.end())
  return server
}

/** What is made of several of them, for all tests of a file; emptied before each. */
export function useServers<T>(make: (start: StartRedis) => Promise<T>): () => T {
  needRedis()
  const servers: RedisServer[] = []
  let made: { readonly is: T } | undefined
  beforeAll(async () => {
    if ('missing' in inject('redis')) return
    const is = await make(async (options) => {
      const server = await startRedisServer(redisProgram(), options)
      servers.push(server)
      return server
    })
    made = { is }
  })
  beforeEach(async () => void (await Promise.all(servers.map((server) => server.ask('FLUSHALL')))))
  afterAll(() => Promise.all(servers.map((server) => server.end())))
  return () => {
    if (!made) throw new Error('Redis is used outside of a test')
    return made.is
  }
}

/** One redis-server for the tests of a file, emptied before each. */
export const useRedis = (options?: RedisServerOptions): (() => RedisServer) =>
  useServers((start) => start(options))

/** How many of these commands ran scripts: all of ours do. */
export const scriptsIn = ({ eval: texts = 0, evalsha = 0 }: Readonly<Record<string, number>>) =>
  texts + evalsha
