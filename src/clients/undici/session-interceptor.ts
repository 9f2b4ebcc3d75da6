import type { Dispatcher } from 'undici'
import { SessionError } from '../../core/errors.js'
import { portOf, type Claim } from '../../core/port.js'
import type { Session } from '../../core/session-face.js'
import { absoluteUrl, isAllowedOrigin, placeOf } from '../places.js'
import { headerOf, rereadable } from './headers.js'
import { readUndiciOptions, type UndiciSessionOptions } from './options.js'
import { targetOf } from './target.js'
import { SessionRequest, type Options, type SessionClient } from './session-request.js'

type Handler = Dispatcher.DispatchHandler

/**
 * Makes an interceptor for undici's `compose`, which sends requests with the session's access token and
 * keeps it fresh: expired tokens are refreshed once, requests that need the new ones wait, and those
 * that were turned away are sent again.
 *
 * What is composed after it stands around it: compose `interceptors.redirect()` and
 * `interceptors.retry()` after it, so that each hop and each retry comes through it.
 *
 * @throws SessionError `invalid-option`; a request of an Agent fails with `origin-unknown` where no
 * `origins` were named
 * @example
 * ```ts
 * const origins = ['https://api.example.com']
 * const api = new Agent().compose(sessionInterceptor(session, { origins }), interceptors.redirect())
 * await request('https://api.example.com/me', { dispatcher: api })
 * await request('https://api.example.com/public', { dispatcher: api, session: false })
 * ```
 */
export function sessionInterceptor(
  session: Session,
  given: UndiciSessionOptions = {},
): Dispatcher.DispatcherComposeInterceptor {
  const port = portOf(session, 'sessionInterceptor')
  const options = readUndiciOptions(given)
  /** @param home - the origin of a Client or a Pool; undici tells from version 8 on */
  return (dispatch, home?: string | null) => {
    const client: SessionClient = {
      options,
      dispatch,
      leaving: undefined,
      isAllowed: (origin) => (options.origins ? options.origins.has(origin) : origin === home),
    }
    // Whatever a request says, all requests of a Client or a Pool go there.
    const mayNever = !!home && !client.isAllowed(home)

    let last: { readonly origin: unknown; readonly mayCarry: boolean } | undefined

    /** @throws SessionError `origin-unknown` */
    function mayCarry(origin: string | URL | undefined): boolean {
      // There are few: what is found out about the last is remembered.
      if (typeof origin === 'string' && origin === last?.origin) return last.mayCarry
      if (origin) {
        last = {
          origin,
          mayCarry: isAllowedOrigin(
            placeOf(String(origin)).origin,
            options.origins,
            () => home ?? undefined,
            'sessionInterceptor: the origin of the dispatcher is not known, and so',
          ),
        }
        return last.mayCarry
      }
      // It goes to the one origin of a Client or a Pool, and an Agent refuses it.
      if (!options.origins) return true
      throw new SessionError(
        'origin-unknown',
        'sessionInterceptor: this request names no origin, so it is unknown whether `origins` has it: leave it out for a Client or a Pool, or name the origin of each request',
      )
    }

    function send(asked: Options, handler: Handler): boolean {
      const { session: how, method, signal, origin } = asked
      let request = asked
      let isOurs = how !== false && method !== 'CONNECT' && !mayNever
      try {
        const headers = rereadable(asked.headers ?? null)
        if (asked.headers && headers !== asked.headers) request = { ...asked, headers }
        isOurs &&= headerOf(headers, options.header) === undefined && mayCarry(origin)
      } catch (error) {
        new SessionRequest(client, request, handler, noClaim).fail(error)
        return false
      }
      if (!isOurs) return dispatch(how === undefined ? request : withoutSession(request), handler)
      const { leaving } = client
      const isHop = leaving && absoluteUrl(targetOf(request).url) === leaving.to
      const claim = isHop ? leaving.claim : port.claim(signal)
      const ours = new SessionRequest(client, request, handler, claim)
      port.authorize(claim, ours).then(
        () => ours.settle(),
        (error: unknown) => ours.fail(error),
      )
      ours.hold()
      return ours.isTaken
    }

    return (asked: Options, handler) =>
      // undici says what is wrong with it.
      isObject(asked) && isObject(handler) ? send(asked, handler) : dispatch(asked, handler)
  }
}

const noClaim: Claim = { sessionId: undefined, isUnsigned: false }

function withoutSession({ session: _session, ...request }: Options): Dispatcher.DispatchOptions {
  return request
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
