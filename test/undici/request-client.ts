import { onTestFinished } from 'vitest'
import { Agent, interceptors, request } from 'undici'
import type { Dispatcher } from 'undici'
import type { Session } from 'unexpired'
import { sessionInterceptor } from 'unexpired/undici'
import type { UndiciSessionOptions } from 'unexpired/undici'
import type { ClientSetup, MakeClient } from '../contract/neutral-client.js'
import { answerOf, bodyOf, urlOf } from './messages.js'

/** How many redirects are followed; undici itself follows none. */
export const maxRedirections = 5

/** An agent that ends with its test. */
export function startAgent(options?: Agent.Options): Agent {
  const agent = new Agent(options)
  onTestFinished(() => agent.destroy())
  return agent
}

/** A body code for X-Token, or else the 401. */
export function optionsFor({
  origin,
  credential,
  origins = [origin],
}: Omit<ClientSetup, 'session'>): UndiciSessionOptions {
  const { header, scheme, expiredCode } = credential
  if (expiredCode === undefined) return { header, scheme, origins }
  return {
    header,
    scheme,
    origins,
    expired: async (response) =>
      ((await response.json()) as { code?: number } | null)?.code === expiredCode,
  }
}

/** As the documentation says. */
const compose = (session: Session, options: UndiciSessionOptions): Dispatcher =>
  startAgent().compose(
    sessionInterceptor(session, options),
    interceptors.redirect({ maxRedirections }),
  )

/** Makes clients for the contract: undici's `request` on an agent with a session. */
export const requestClient: MakeClient = (setup) => {
  const dispatcher = compose(setup.session, optionsFor(setup))
  return {
    async send({ method = 'GET', path, query, headers, body, signal, session }) {
      const [bytes, type] = bodyOf(body)
      const response = await request(urlOf(setup.origin, path, query), {
        dispatcher,
        method,
        headers: { ...type, ...headers },
        ...(bytes === undefined ? {} : { body: bytes as string }),
        ...(signal ? { signal } : {}),
        ...(session === undefined ? {} : { session }),
      })
      const { statusCode, headers: answered } = response
      const text = await response.body.text()
      return answerOf(statusCode, (name) => String(answered[name] ?? '') || null, text, response)
    },
  }
}
