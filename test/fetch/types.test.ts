import { expectTypeOf, test } from 'vitest'
import type { fetch as undiciFetch } from 'undici'
import { createSession } from 'unexpired'
import type { Session } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import type { FetchSessionOptions, SessionFetch } from 'unexpired/fetch'

type PlatformFetch = typeof fetch
type Init = NonNullable<Parameters<SessionFetch>[1]>

test('the fetch that is made is a fetch, and can be passed wherever one is expected', () => {
  expectTypeOf(createFetch).returns.toEqualTypeOf<SessionFetch>()
  expectTypeOf<SessionFetch>().toExtend<PlatformFetch>()
  expectTypeOf<SessionFetch>().toExtend<(input: string) => Promise<Response>>()
  expectTypeOf<SessionFetch>().toExtend<(input: URL, init: RequestInit) => Promise<Response>>()
  expectTypeOf<SessionFetch>().toExtend<(input: Request) => Promise<Response>>()
  expectTypeOf<SessionFetch>().toExtend<
    (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>
  >()
  // As clients declare it that hand on what they were not given.
  expectTypeOf<SessionFetch>().toExtend<
    (
      input: string | URL | Request,
      init?: { signal?: AbortSignal | undefined },
    ) => Promise<Response>
  >()
  expectTypeOf<SessionFetch>().not.toExtend<(input: number) => Promise<Response>>()
})

test('a fetch that was made can be the fetch of another', () => {
  expectTypeOf<SessionFetch>().toExtend<NonNullable<FetchSessionOptions['fetch']>>()
  expectTypeOf<PlatformFetch>().toExtend<NonNullable<FetchSessionOptions['fetch']>>()
})

test('the fetch of undici, whose Request and Response are classes of its own, needs a cast', () => {
  // Not possible without: its Request is none of the platform's.
  expectTypeOf<typeof undiciFetch>().not.toExtend<NonNullable<FetchSessionOptions['fetch']>>()
})

test('a request may say what it wants of the session, and nothing else', () => {
  expectTypeOf<{ session: false }>().toExtend<Init>()
  expectTypeOf<{ session: { replay: false } }>().toExtend<Init>()
  expectTypeOf<{ session: { replay: true } }>().toExtend<Init>()
  expectTypeOf<{ session: {} }>().toExtend<Init>()
  expectTypeOf<{ session: undefined }>().toExtend<Init>()
  expectTypeOf<{ method: string; session: false }>().toExtend<Init>()
  expectTypeOf<RequestInit>().toExtend<Init>()
  expectTypeOf<{ session: 'x' }>().not.toExtend<Init>()
  expectTypeOf<{ session: true }>().not.toExtend<Init>()
  expectTypeOf<{ session: { replay: 'no' } }>().not.toExtend<Init>()
  expectTypeOf<{ session: null }>().not.toExtend<Init>()
})

test('calls are checked as those of the platform’s fetch are', () => {
  const api = createFetch(createSession({ refresh: () => Promise.reject(new Error('no')) }))
  const calls = [
    () => api('/thing'),
    () => api(new URL('https://api.example.com')),
    () => api(new Request('https://api.example.com'), { session: false }),
    () => api('/thing', { method: 'POST', body: 'text', session: { replay: false } }),
    () => api('/thing', { headers: new Headers(), signal: undefined }),
    // @ts-expect-error -- no such wish
    () => api('/thing', { session: 'x' }),
    // @ts-expect-error -- nor this one
    () => api('/thing', { session: true }),
    // @ts-expect-error -- no URL
    () => api(42),
    // @ts-expect-error -- no signal
    () => api('/thing', { signal: 'x' }),
    // @ts-expect-error -- a URL is needed
    () => api(),
  ] as const
  expectTypeOf(calls[0]).returns.toEqualTypeOf<Promise<Response>>()
  expectTypeOf(calls[3]).returns.toEqualTypeOf<Promise<Response>>()
})

test('the options are those that are documented', () => {
  expectTypeOf<keyof FetchSessionOptions>().toEqualTypeOf<
    'header' | 'scheme' | 'origins' | 'expired' | 'fetch' | 'bufferStreamsUpToBytes'
  >()
  expectTypeOf<NonNullable<FetchSessionOptions['origins']>>().toEqualTypeOf<readonly string[]>()
  type Expired = NonNullable<FetchSessionOptions['expired']>
  expectTypeOf<(response: Response) => boolean>().toExtend<Expired>()
  expectTypeOf<(response: Response) => Promise<boolean>>().toExtend<Expired>()
  expectTypeOf<() => boolean>().toExtend<Expired>()
  expectTypeOf<(response: Response) => string>().not.toExtend<Expired>()
  expectTypeOf<(response: Response) => Promise<string>>().not.toExtend<Expired>()
  expectTypeOf<Parameters<Expired>>().toEqualTypeOf<[response: Response]>()
})

test('a session is needed, of whatever kind', () => {
  expectTypeOf<Session>().toExtend<Parameters<typeof createFetch>[0]>()
  expectTypeOf<{ tokens: string }>().not.toExtend<Parameters<typeof createFetch>[0]>()
  const cookies = () =>
    createSession({ credential: 'cookie', refresh: () => Promise.resolve(undefined) })
  expectTypeOf(cookies).returns.toExtend<Parameters<typeof createFetch>[0]>()
})
