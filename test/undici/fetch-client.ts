import { AsyncLocalStorage } from 'node:async_hooks'
import { fetch as undiciFetch } from 'undici'
import type { Dispatcher, RequestInit as UndiciRequestInit } from 'undici'
import { isSessionError } from 'unexpired'
import { sessionInterceptor } from 'unexpired/undici'
import type { MakeClient } from '../contract/neutral-client.js'
import { answerOf, bodyOf, urlOf } from './messages.js'
import { optionsFor, startAgent } from './request-client.js'

type Asked = Pick<Dispatcher.DispatchOptions, 'session'> & { signal?: AbortSignal }

/** fetch tells its dispatcher neither the signal nor what else is in its init: this does. */
const asked = new AsyncLocalStorage<Asked>()

const telling: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch({ ...options, ...asked.getStore() }, handler)

/** undici's own fetch, and the one that is built into Node, which is of another version. */
export const fetches = { undici: undiciFetch, node: fetch as unknown as typeof undiciFetch }

/** Makes clients for the contract: a fetch that is given an agent with a session. */
export const fetchClient =
  (which: keyof typeof fetches): MakeClient =>
  (setup) => {
    const dispatcher = startAgent().compose(
      sessionInterceptor(setup.session, optionsFor(setup)),
      telling,
    )
    return {
      async send({ method, path, query, headers, body, signal, session }) {
        const [bytes, type] = bodyOf(body, which === 'undici')
        const init = {
          dispatcher,
          ...(method ? { method } : {}),
          headers: { ...type, ...headers },
          ...(bytes === undefined ? {} : { body: bytes }),
          ...(signal ? { signal } : {}),
          ...(bytes instanceof ReadableStream ? { duplex: 'half' } : {}),
        } as UndiciRequestInit
        const ours = {
          ...(session === undefined ? {} : { session }),
          ...(signal ? { signal } : {}),
        }
        const url = urlOf(setup.origin, path, query)
        try {
          const response = await asked.run(ours, () => fetches[which](url, init))
          const { status, headers: answered } = response
          return answerOf(status, (name) => answered.get(name), await response.text(), response)
        } catch (error) {
          // fetch puts what its dispatcher says into an error of its own.
          const { cause } = error as Error
          throw isSessionError(cause) ? cause : error
        }
      },
    }
  }
