import { expectTypeOf, test } from 'vitest'
import axios from 'axios'
import type { AxiosInstance, AxiosRequestConfig, AxiosResponse, AxiosStatic } from 'axios'
import { createSession } from 'unexpired'
import type { Session } from 'unexpired'
import { attachSession, detachSession } from 'unexpired/axios'
import type { AxiosSessionOptions } from 'unexpired/axios'

interface Special extends AxiosInstance {
  readonly special: true
}

test('a request may say what it wants of the session', () => {
  expectTypeOf<{ session: false }>().toExtend<AxiosRequestConfig>()
  expectTypeOf<{ session: { replay: false } }>().toExtend<AxiosRequestConfig>()
  expectTypeOf<{ url: string }>().toExtend<AxiosRequestConfig>()
  expectTypeOf<{ session: true }>().not.toExtend<AxiosRequestConfig>()
  expectTypeOf<{ session: { replay: 'no' } }>().not.toExtend<AxiosRequestConfig>()
  // With the parameters that axios itself has.
  expectTypeOf<{ session: false; data: number }>().toExtend<AxiosRequestConfig<number>>()
})

test('attaching gives back the very type that it was given', () => {
  expectTypeOf(attachSession<AxiosInstance>).returns.toEqualTypeOf<AxiosInstance>()
  expectTypeOf(attachSession<AxiosStatic>).returns.toEqualTypeOf<AxiosStatic>()
  expectTypeOf(attachSession<Special>).returns.toEqualTypeOf<Special>()
  expectTypeOf(detachSession).returns.toEqualTypeOf<void>()
})

test('a session can be attached, and nothing else', () => {
  type Attachable = Parameters<typeof attachSession>[1]
  expectTypeOf<Session>().toExtend<Attachable>()
  expectTypeOf<{ tokens: string }>().not.toExtend<Attachable>()
})

test('the options are those that are documented', () => {
  expectTypeOf<keyof AxiosSessionOptions>().toEqualTypeOf<
    'header' | 'scheme' | 'expired' | 'origins'
  >()
  expectTypeOf<NonNullable<AxiosSessionOptions['origins']>>().toEqualTypeOf<readonly string[]>()
  // An async `expired` would be truthy always.
  expectTypeOf<(response: AxiosResponse) => Promise<boolean>>().not.toExtend<
    NonNullable<AxiosSessionOptions['expired']>
  >()
})

test('what the readme shows compiles as it stands', () => {
  const session = createSession({
    refresh: ({ refreshToken, signal }) =>
      axios
        .post<{ accessToken: string }>('/auth/refresh', { refreshToken }, { signal })
        .then(({ data }) => data),
  })
  const api = attachSession(axios.create({ baseURL: '/api' }), session, {
    header: 'X-Token',
    scheme: '',
    expired: (response) => (response.data as { code?: number } | undefined)?.code === 1234,
    origins: ['https://api.example.com'],
  })
  const calls = [
    () => api.get('/public', { session: false }),
    () => api.post('/once', { a: 1 }, { session: { replay: false } }),
    () => api.request({ url: '/thing', session: false }),
    () => api({ url: '/thing', session: { replay: false } }),
  ]
  expectTypeOf(calls[0]).not.toBeAny()
})
