import type { Session } from 'unexpired'
import { byAuthorize } from './authorize.js'
import { byAxios } from './axios.js'
import { byFetch } from './fetch.js'
import type { Make } from './way.js'

/** The clients that there are; `by body`: an expired token is told by a body `{ code: 1234 }` on a 200. */
export const wayNames = ['authorize', 'axios', 'fetch', 'axios by body', 'fetch by body'] as const

export type WayName = (typeof wayNames)[number]

/** Connects such a client with a session. */
export function connect(name: WayName, session: Session): Make {
  const isByBody = name.endsWith('by body')
  if (name === 'authorize') return byAuthorize(session, isByBody)
  return (name.startsWith('axios') ? byAxios : byFetch)(session, isByBody)
}
