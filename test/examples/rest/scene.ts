import type { SessionFetch } from 'unexpired/fetch'
import { createFetch } from 'unexpired/fetch'
import type { FetchSessionOptions } from 'unexpired/fetch'

import { bearer } from '../../contract/protocols.js'
import { enter, until } from '../../contract/stage.js'
import type { Stage, StageOptions } from '../../contract/stage.js'

/** A server, a session that ann has signed in to, and a fetch of that session. */
export interface Scene extends Stage {
  /** Where the server is. */
  readonly origin: string
  readonly sessionFetch: SessionFetch
  /** Lets the tokens expire and calls: resolves when the call waits for a refresh that has begun. */
  held<T>(call: () => PromiseLike<T>): Promise<{ call: Promise<T>; release: () => void }>
  /** How many API requests the server got from each user; 'nobody' sent no token. */
  senders(): string[]
}

export async function setScene(
  options: StageOptions & { fetch?: FetchSessionOptions } = {},
): Promise<Scene> {
  const stage = await enter(() => ({ send: () => Promise.reject(new Error()) }), bearer, options)
  const { server, session } = stage
  const origin = server.url
  return {
    ...stage,
    origin,
    sessionFetch: createFetch(session, { origins: [origin], ...options.fetch }),
    async held(call) {
      const release = stage.holdRefresh()
      server.orders.expireNow()
      const called = Promise.resolve(call())
      called.catch(() => undefined)
      await until(stage.isRefreshHeld)
      return { call: called, release }
    },
    senders: () => stage.received().map(({ user }) => user ?? 'nobody'),
  }
}

/** A fetch whose answers come, but are handed over only when they are released. */
export function lateAnswers() {
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  let waiting = 0
  return {
    async fetch(...request: Parameters<typeof fetch>): Promise<Response> {
      const answer = await fetch(...request)
      waiting += 1
      await gate
      return answer
    },
    waiting: () => waiting,
    release: () => open(),
  }
}

/** The platform's fetch, with a time limit for each attempt. */
export const limitedFetch =
  (limitMs: number): typeof fetch =>
  (input, init) => {
    const given = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    const limit = AbortSignal.timeout(limitMs)
    const signal = given ? AbortSignal.any([given, limit]) : limit
    return fetch(input, { ...init, signal })
  }
