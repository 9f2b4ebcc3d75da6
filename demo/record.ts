import { performance } from 'node:perf_hooks'

import { getAdapter } from 'axios'
import type { AxiosAdapter } from 'axios'
import type { TokenServerRequest } from 'unexpired/testing'

import type { Call } from './load.js'
import type { Doing, Lane, Phase, RefreshStretch } from './results.js'

/** One sending of a request, as axios saw it. */
export interface Sending {
  /** As axios was given it: a path, or a URL that ends in it. */
  readonly url: string
  readonly sentAt: number
  endedAt: number
}

/** The adapter of Node, with a note of each sending. */
export function recordingAdapter(sendings: Sending[]): AxiosAdapter {
  const http = getAdapter('http')
  return async (config) => {
    const sending: Sending = { url: config.url ?? '', sentAt: performance.now(), endedAt: 0 }
    sendings.push(sending)
    try {
      return await http(config)
    } finally {
      sending.endedAt = performance.now()
    }
  }
}

/** What axios itself may need on a busy machine, to send all 20, or one again. Milliseconds. */
const axiosOwnMs = { first: 20, again: 5 }

/**
 * Puts together what the caller, axios and the server know of one request.
 *
 * @param between - what a request does while it is neither sent nor ended
 * @param zero - when the load began: all requests are made in one go
 */
export function laneOf(
  call: Call,
  sendings: readonly Sending[],
  log: readonly TokenServerRequest[],
  between: Doing,
  zero: number,
): Lane {
  const { path, answered } = call
  const verdicts = log.filter((entry) => entry.kind === 'api' && entry.path.endsWith(path))
  const phases: Phase[] = []
  let at = zero
  let last: Doing = between
  const until = (doing: Doing, to: number): void => {
    phases.push({ doing, from: at - zero, to: to - zero })
    at = to
    last = doing
  }
  sendings
    .filter((sending) => sending.url.endsWith(path))
    .forEach((sending, index) => {
      const ownMs = index === 0 ? axiosOwnMs.first : axiosOwnMs.again
      if (sending.sentAt - at > ownMs) until(between, sending.sentAt)
      until(verdicts[index]?.outcome === 'served' ? 'good' : 'dead', sending.endedAt)
    })
  until(last === 'good' ? 'good' : between, call.endedAt)
  return { path, phases, endedAt: call.endedAt - zero, answered }
}

/** The refreshes of a load, as the server saw them. */
export function refreshesOf(log: readonly TokenServerRequest[], zero: number): RefreshStretch[] {
  const start = performance.timeOrigin + zero
  return log
    .filter(({ kind }) => kind === 'refresh')
    .map(({ at, tookMs = 0, outcome }) => ({
      from: at - start,
      to: at + tookMs - start,
      granted: outcome === 'granted',
    }))
}
