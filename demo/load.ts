import { performance } from 'node:perf_hooks'

import type { Contender } from './contender.js'

/**
 * What one page asks for at once, and how long the server takes over each, in milliseconds. Two are
 * slower than a whole refresh, so that their 401 comes late: it is about tokens already replaced.
 */
export const load: Readonly<Record<string, number>> = {
  '/me': 24,
  '/cart': 48,
  '/inbox': 36,
  '/news': 72,
  '/orders': 58,
  '/alerts': 30,
  '/prices': 84,
  '/stock': 44,
  '/search': 150,
  '/tasks': 62,
  '/team': 28,
  '/files': 94,
  '/photos': 68,
  '/tags': 20,
  '/plans': 52,
  '/usage': 142,
  '/notes': 40,
  '/roles': 26,
  '/events': 78,
  '/badges': 34,
}

export const paths: readonly string[] = Object.keys(load)

/** What the user looks at after signing in, while the token lives. */
export const firstPage = '/welcome'

/** How long a refresh takes. Milliseconds. */
export const refreshLatencyMs = 100

/** One request as its caller saw it. */
export interface Call {
  readonly path: string
  /** By `performance.now()`. */
  readonly endedAt: number
  readonly answered: boolean
}

/** Sends everything at once, and waits until all have ended, well or badly. */
export function sendAll({ get }: Pick<Contender, 'get'>): Promise<readonly Call[]> {
  return Promise.all(
    paths.map(async (path) => {
      const answered = await get(path).then(
        () => true,
        () => false,
      )
      return { path, endedAt: performance.now(), answered }
    }),
  )
}
