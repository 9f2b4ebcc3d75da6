import { expect } from 'vitest'

import type { TokenServer } from 'unexpired/testing'

import type { Engine, Tab } from '../harness/engine.js'
import type { World } from '../harness/world.js'
import type { OpenOptions } from '../page/lab.js'
import {
  eventsOf,
  eventually,
  openSession,
  patchedPage,
  reasonsOf,
  send,
  times,
} from './sharing.js'

/** A holder that is gone is not waited for; a busy machine is slow all the same (milliseconds). */
const takeoverWithinMs = 3_000

/** Pages that nothing tells of what other tabs do: they know what they read, when they read. */
export const deafPages = {
  '/deaf.html': patchedPage(`
    delete window.BroadcastChannel
    for (const type of ['pageshow', 'resume', 'visibilitychange', 'online']) {
      addEventListener(type, (event) => event.stopImmediatePropagation(), true)
    }`),
}

export const deafUrl = (url: string): string => new URL('/deaf.html', url).href

export const served = (generation: number) => ({ status: 200, user: 'ann', generation })

/** How many tabs wait for a turn. */
export const pendingLocks = (tab: Tab): Promise<number> =>
  tab.run('navigator.locks.query().then(({ pending }) => pending.length)')

/** Two tabs: one is refreshing, the other waits for its turn. */
export async function inTheMiddle(
  engine: Engine,
  { url, waitingUrl = url, server }: Pick<World, 'url' | 'server'> & { waitingUrl?: string },
  session: NonNullable<OpenOptions['session']>,
): Promise<{ readonly refreshing: Tab; readonly waiting: Tab }> {
  const [refreshing, waiting] = await Promise.all([engine.open(url), engine.open(waitingUrl)])
  await openSession(refreshing, { session })
  await refreshing.call('signIn', 'ann')
  await openSession(waiting, { session })
  server.orders.expireNow()
  await refreshing.call('send', 5)
  await eventually(() => server.counts.refreshes).toBe(1)
  await waiting.call('send', 5)
  await eventually(() => pendingLocks(refreshing)).toBe(1)
  return { refreshing, waiting }
}

/** Where refreshes are made, in these worlds. */
export const refreshPath = '/auth/refresh'

/** The one that waited has new tokens, and began to get them soon after `since`. */
export async function tookOver(waiting: Tab, server: TokenServer, since: number): Promise<void> {
  expect(await waiting.call('settled')).toEqual(times(5, served(2)))
  const [, second] = server.requests.filter(({ kind }) => kind === 'refresh')
  expect((second?.at ?? Infinity) - since).toBeLessThan(takeoverWithinMs)
  expect(await eventsOf(waiting, 'turn-missed')).toEqual([])
}

/** Goes on in all of them, with these tokens, and nobody was thrown out. */
export async function allGoOn(
  tabs: readonly Tab[],
  server: TokenServer,
  generation: number,
): Promise<void> {
  for (const tab of tabs) {
    expect(await send(tab, 2)).toEqual(times(2, served(generation)))
    expect(await reasonsOf(tab)).toEqual([])
  }
  expect(server.counts).toMatchObject({ reuseDetected: 0, familiesRevoked: 0 })
}

/** Goes to another page; the function that it gives comes back, and says whether the page was kept. */
export async function leave(tab: Tab, elsewhere: string): Promise<() => Promise<boolean>> {
  await tab.run('void (window.isKept = true)')
  await tab.goto(elsewhere)
  return async () => {
    await tab.back()
    return tab.run('window.isKept === true')
  }
}
