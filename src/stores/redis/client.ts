import { createHash } from 'node:crypto'

/** What is used of ioredis (`Redis`, with Sentinel too, and `Cluster`) and of node-redis (client, cluster and sentinel). */
export interface RedisClient {
  eval(...args: never[]): unknown
  duplicate(...args: never[]): unknown
  subscribe(...args: never[]): unknown
  on(...args: never[]): unknown
}

type Listen = (event: string, listener: (...args: string[]) => void) => unknown

/** A client of ioredis. */
export interface Ioredis {
  readonly isCluster: boolean
  eval(script: string, keyCount: number, ...keysAndArgs: string[]): Promise<unknown>
  evalsha(digest: string, keyCount: number, ...keysAndArgs: string[]): Promise<unknown>
  duplicate(...options: object[]): Ioredis
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  disconnect(): void
  on: Listen
  readonly stream?: { unref?(): void } | undefined
  /** It was ended by hand: also between two tries to connect, when it says nothing of it. */
  readonly manuallyClosing?: boolean
}

interface KeysAndArguments {
  readonly keys: string[]
  readonly arguments: string[]
}

/** A client of node-redis. */
export interface NodeRedis {
  eval(script: string, options: KeysAndArguments): Promise<unknown>
  evalSha(digest: string, options: KeysAndArguments): Promise<unknown>
  duplicate(options?: object): NodeRedis
  connect(): Promise<unknown>
  subscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  destroy(): unknown
  on: Listen
  unref?(): void
}

/** Which of the two it is. */
export const isIoredis = (client: Ioredis | NodeRedis): client is Ioredis =>
  'defineCommand' in client

/** Runs a script in Redis: `KEYS[1]` and `ARGV` are texts. Every reply of ours is a list. */
export type Run = (script: string, key: string, args: readonly string[]) => Promise<unknown>

/** How scripts are run by this client: by their digest, and whole where Redis does not know them yet. */
export function runnerOf(client: Ioredis | NodeRedis): Run {
  const run = (isWhole: boolean, text: string, key: string, args: readonly string[]) => {
    if (isIoredis(client)) {
      return isWhole ? client.eval(text, 1, key, ...args) : client.evalsha(text, 1, key, ...args)
    }
    const given = { keys: [key], arguments: [...args] }
    return isWhole ? client.eval(text, given) : client.evalSha(text, given)
  }
  return async (script, key, args) => {
    try {
      return await run(false, digestOf(script), key, args)
    } catch (error) {
      if (!String((error as Error | undefined)?.message).startsWith('NOSCRIPT')) throw error
      return run(true, script, key, args)
    }
  }
}

const digests = new Map<string, string>()

/** As Redis knows it. */
function digestOf(script: string): string {
  const digest = digests.get(script) ?? createHash('sha1').update(script).digest('hex')
  digests.set(script, digest)
  return digest
}
