import { Agent, request } from 'undici'
import type { Dispatcher } from 'undici'
import type { Session } from 'unexpired'
import { sessionInterceptor } from 'unexpired/undici'

import { axiosClient, fetchClient, jsonOf } from './clients-fetch.js'
import type { MakeClients, Send } from './sending.js'

/** One for all sessions: what is shared may mix them up. */
const agent = new Agent()

function undiciClient(session: Session, origin: string): Send {
  const dispatcher: Dispatcher = agent.compose(sessionInterceptor(session, { origins: [origin] }))
  return async ({ method, path, body, signal }) => {
    const answer = await request(origin + path, {
      dispatcher,
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
      ...(signal ? { signal } : {}),
    })
    return { status: answer.statusCode, body: jsonOf(await answer.body.text()) }
  }
}

export const nodeClients: MakeClients = (session, origin) => ({
  axios: axiosClient(session, origin),
  fetch: fetchClient(session, origin),
  undici: undiciClient(session, origin),
})
