import { expectTypeOf, test } from 'vitest'

import { createSession } from 'unexpired'
import type {
  Credential,
  CredentialHeaders,
  CredentialRequest,
  Lease,
  RefreshRequest,
  Session,
  SessionOptions,
} from 'unexpired'

type Options = Parameters<typeof createSession>[0]
const refresh = (): Promise<{ accessToken: string }> => Promise.resolve({ accessToken: 'a' })

test('a credential in place knows what it is given, and refresh does so beside it', () => {
  const session = createSession({
    credential: ({ headers, method, url, accessToken, tokenType }) => {
      expectTypeOf(headers).toEqualTypeOf<CredentialHeaders>()
      expectTypeOf(method).toEqualTypeOf<string>()
      expectTypeOf(url).toEqualTypeOf<string>()
      expectTypeOf(accessToken).toEqualTypeOf<string>()
      expectTypeOf(tokenType).toEqualTypeOf<string | undefined>()
      return { ...headers, 'X-Signature': `${method} ${url}` }
    },
    refresh: ({ refreshToken, tokens, signal }) => {
      expectTypeOf(refreshToken).toEqualTypeOf<string | undefined>()
      expectTypeOf(tokens).toEqualTypeOf<RefreshRequest['tokens']>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      return Promise.resolve({ accessToken: 'a' })
    },
  })
  expectTypeOf(session).toEqualTypeOf<Session>()
  session.close()
})

test('so does an async one, and one that is a method', () => {
  const sign = (method: string, url: string): Promise<string> => Promise.resolve(method + url)
  createSession({
    credential: async ({ headers, method, url }) => {
      expectTypeOf(headers).toEqualTypeOf<CredentialHeaders>()
      return { ...headers, 'X-Signature': await sign(method, url) }
    },
    refresh: ({ refreshToken }) => Promise.resolve({ accessToken: refreshToken ?? '' }),
  }).close()
  createSession({
    credential({ headers, url }) {
      expectTypeOf(url).toEqualTypeOf<string>()
      return headers
    },
    refresh,
  }).close()
})

test('the words for the simple cases go on as before', () => {
  expectTypeOf<{ credential: 'token'; refresh: typeof refresh }>().toExtend<Options>()
  expectTypeOf<{ credential?: 'token'; refresh: typeof refresh }>().toExtend<Options>()
  expectTypeOf<{ credential: 'cookie'; refresh: () => Promise<void> }>().toExtend<Options>()
  expectTypeOf<{ credential: Credential; refresh: typeof refresh }>().toExtend<Options>()
  expectTypeOf<Options>().toEqualTypeOf<SessionOptions>()
})

test('what is no credential is no option', () => {
  type With<C> = { credential: C; refresh: typeof refresh }
  expectTypeOf<With<'nonsense'>>().not.toExtend<Options>()
  expectTypeOf<With<CredentialHeaders>>().not.toExtend<Options>()
  expectTypeOf<With<() => string>>().not.toExtend<Options>()
  expectTypeOf<With<() => Headers>>().not.toExtend<Options>()
  expectTypeOf<With<() => { count: number }>>().not.toExtend<Options>()
  expectTypeOf<With<() => Promise<undefined>>>().not.toExtend<Options>()
  expectTypeOf<With<(request: { other: string }) => CredentialHeaders>>().not.toExtend<Options>()
  // Only a cookie session may have a refresh that yields nothing.
  expectTypeOf<{ credential: Credential; refresh: () => Promise<void> }>().not.toExtend<Options>()
})

test('an attempt is given headers that any client takes', () => {
  const session = createSession({ refresh })
  const send = (): Promise<Response> =>
    session.authorize((lease, headers) => {
      expectTypeOf(lease).toEqualTypeOf<Lease>()
      expectTypeOf(headers).toEqualTypeOf<CredentialHeaders>()
      return fetch('/', { headers })
    })
  expectTypeOf(send).returns.toEqualTypeOf<Promise<Response>>()
  expectTypeOf<CredentialHeaders>().toExtend<HeadersInit>()
  expectTypeOf<CredentialRequest>().toExtend<{ readonly method: string; readonly url: string }>()
  // One that looks only at the lease goes on as before.
  expectTypeOf(session.authorize<number>).toBeCallableWith((lease: Lease) =>
    Promise.resolve(lease.generation),
  )
  session.close()
})
