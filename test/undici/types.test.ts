import type { Agent, Dispatcher, request, RequestInit as UndiciRequestInit } from 'undici'
import { sessionInterceptor } from 'unexpired/undici'
import type { RequestSession, UndiciResponse, UndiciSessionOptions } from 'unexpired/undici'
import { expectTypeOf, test } from 'vitest'

test('requests take the option `session`, and nothing else that is new', () => {
  expectTypeOf<Dispatcher.DispatchOptions['session']>().toEqualTypeOf<RequestSession | undefined>()
  expectTypeOf<NonNullable<Parameters<typeof request>[1]>>()
    .toHaveProperty('session')
    .toEqualTypeOf<RequestSession | undefined>()
  expectTypeOf<Parameters<Agent['stream']>[0]>().toHaveProperty('session')
  // @ts-expect-error -- a word is not among what it may be
  const wrong: Dispatcher.DispatchOptions = { path: '/', method: 'GET', session: 'no' }
  expectTypeOf(wrong).not.toBeAny()
})

test('an interceptor is what compose takes, and fetch takes what compose returns', () => {
  expectTypeOf(sessionInterceptor).returns.toEqualTypeOf<Dispatcher.DispatcherComposeInterceptor>()
  expectTypeOf<Dispatcher.ComposedDispatcher>().toExtend<
    NonNullable<UndiciRequestInit['dispatcher']>
  >()
})

test('`expired` is given a response, and may answer later', () => {
  const options: UndiciSessionOptions = {
    expired(response) {
      expectTypeOf(response).toEqualTypeOf<UndiciResponse>()
      expectTypeOf(response.headers['x-expired']).toEqualTypeOf<string | string[] | undefined>()
      return Promise.resolve(response.statusCode === 419)
    },
  }
  expectTypeOf(options.expired).not.toBeAny()
  // @ts-expect-error -- neither true nor false
  const wrong: UndiciSessionOptions = { expired: () => 'yes' }
  expectTypeOf(wrong).not.toBeAny()
})
