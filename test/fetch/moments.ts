import type { ServerResponse } from 'node:http'
import { expect } from 'vitest'
import { outcome, until } from '../contract/stage.js'
import { gate, holdingWorld, world } from './scene.js'
import type { SignedInOptions } from './scene.js'
import { tokenOf } from './server.js'

/** A request at some moment of its life. */
export interface Moment {
  readonly call: Promise<unknown>
  /** What is asked once it has ended. */
  after?(): unknown
}

/** Brings a request there. */
export type Arrange = (
  put: (url: string, signal: AbortSignal) => Parameters<typeof fetch>,
  controller: AbortController,
  options: SignedInOptions,
) => Promise<Moment>

/** An answer that comes when it is told to. */
export function never(): {
  fates: ServerResponse[]
  answer: (_request: unknown, r: ServerResponse) => void
} {
  const fates: ServerResponse[] = []
  return { fates, answer: (_request, response) => void fates.push(response) }
}

/** Moments in the life of a request. Each is reached when the promise is. */
export const moments: Readonly<Record<string, Arrange>> = {
  async 'before it is sent'(put, controller, options) {
    controller.abort(controller.signal.reason)
    const { api, url, server } = await world(undefined, options)
    return {
      call: api(...put(url, controller.signal)),
      after: () => expect(server.requests).toEqual([]),
    }
  },
  async 'while it is held'(put, controller, options) {
    const { api, url, sent } = await holdingWorld(options)
    const call = api(...put(`${url}/thing`, controller.signal))
    return { call, after: () => expect(sent('/thing')).toEqual([]) }
  },
  async 'while its first attempt is in flight'(put, controller, options) {
    const { fates, answer } = never()
    const { api, url, refreshes } = await world(answer, options)
    const call = outcome(api(...put(url, controller.signal)))
    await until(() => fates.length === 1)
    return { call: call.then(rethrow), after: () => expect(refreshes()).toBe(0) }
  },
  async 'while it waits, turned away'(put, controller, options) {
    const { wait, waiting } = gate()
    const { api, url, server } = await world(undefined, { ...options, refreshing: wait })
    const call = outcome(api(...put(url, controller.signal)))
    await until(() => waiting() > 0)
    return { call: call.then(rethrow), after: () => expect(server.requests).toHaveLength(1) }
  },
  async 'while expired reads its answer'(put, controller, options) {
    let isReading = false
    const { api, url, refreshes } = await world(
      (_request, response) => {
        response.setHeader('Content-Type', 'application/json').write('{')
      },
      {
        ...options,
        expired: async (response) => {
          isReading = true
          return (await response.text()).includes('expired')
        },
      },
    )
    const call = outcome(api(...put(url, controller.signal)))
    await until(() => isReading)
    return { call: call.then(rethrow), after: () => expect(refreshes()).toBe(0) }
  },
  async 'while expired makes up its mind'(put, controller, options) {
    let isAsked = false
    const expired = (): Promise<boolean> => {
      isAsked = true
      return new Promise(() => undefined)
    }
    const { api, url } = await world(undefined, { ...options, expired })
    const call = outcome(api(...put(url, controller.signal)))
    await until(() => isAsked)
    return { call: call.then(rethrow) }
  },
}

/** Of a request with a stream there is none. */
export const replay: Arrange = async (put, controller, options) => {
  const { fates, answer } = never()
  const { api, url, refreshes } = await world((request, response) => {
    if (tokenOf(request) === 'first') response.writeHead(401).end()
    else answer(request, response)
  }, options)
  const call = outcome(api(...put(url, controller.signal)))
  await until(() => fates.length === 1)
  return { call: call.then(rethrow), after: () => expect(refreshes()).toBe(1) }
}

function rethrow({ value, error }: { value?: unknown; error?: unknown }): unknown {
  if (value) return value
  throw error
}
