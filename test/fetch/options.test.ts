import { expect, test, vi } from 'vitest'
import { createSession, isSessionError, SessionError } from 'unexpired'
import type { Session } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { signedIn } from './scene.js'

const session = createSession({ refresh: () => Promise.reject(new Error('no')) })

function complaint(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(SessionError)
    expect(isSessionError(error)).toBe(true)
    expect(error).toMatchObject({ code: 'invalid-option' })
    return (error as Error).message
  }
  throw new Error('expected it to throw')
}

/** Wrong ones, as they come from apps without types. */
const wrong: readonly (readonly [option: string, value: unknown])[] = [
  ['header', ''],
  ['header', 'two words'],
  ['header', 'X-Token:'],
  ['header', 'a\r\nb'],
  ['header', 42],
  ['header', null],
  ['scheme', 'two words'],
  ['scheme', 'a\r\nb'],
  ['scheme', null],
  ['scheme', 42],
  ['expired', true],
  ['expired', 401],
  ['expired', null],
  ['origins', 'https://api.example.com'],
  ['origins', ['api.example.com']],
  ['origins', ['/api']],
  ['origins', ['*']],
  ['origins', ['data:text/plain,a']],
  ['origins', [undefined]],
  ['origins', [null]],
  ['origins', {}],
  ['origins', null],
  ['origins', new Set(['https://api.example.com'])],
  ['fetch', 'fetch'],
  ['fetch', {}],
  ['fetch', null],
  ['bufferStreamsUpToBytes', -1],
  ['bufferStreamsUpToBytes', Number.NaN],
  ['bufferStreamsUpToBytes', '10'],
  ['bufferStreamsUpToBytes', true],
  ['bufferStreamsUpToBytes', null],
  ['bufferStreamsUpToBytes', []],
  ['bufferStreamsUpToBytes', 10n],
]

const shown = (value: unknown): string =>
  typeof value === 'bigint' || Number.isNaN(value) ? String(value) : JSON.stringify(value)

test.each(wrong.map(([option, value]) => [option, shown(value), value] as const))(
  'a wrong option is refused when it is given: %s %s',
  (option, _shown, value) => {
    const options = { [option]: value } as FetchSessionOptions
    expect(complaint(() => createFetch(session, options))).toMatch(
      new RegExp(`createFetch: ${option}: expected `),
    )
  },
)

test.each([undefined, null, {}, 'session', () => undefined])(
  'what is no session is refused: %j',
  (value) => {
    expect(complaint(() => createFetch(value as Session))).toMatch(
      /createFetch: expected a session made by createSession/,
    )
  },
)

test('options of undefined are options that were not given', () => {
  const options = {
    header: undefined,
    scheme: undefined,
    expired: undefined,
    origins: undefined,
    fetch: undefined,
    bufferStreamsUpToBytes: undefined,
  }
  expect(() => createFetch(session, options)).not.toThrow()
  expect(() => createFetch(session)).not.toThrow()
  expect(() => createFetch(session, { bufferStreamsUpToBytes: Infinity })).not.toThrow()
})

const ok = (): Promise<Response> => Promise.resolve(new Response('ok'))
const origins = ['https://api.example.com']
const url = 'https://api.example.com/thing'

test('options are taken when they are given: what is changed in them later changes nothing', async () => {
  const send = vi.fn<typeof fetch>(ok)
  const options: FetchSessionOptions & { origins: string[] } = {
    origins: [...origins],
    fetch: send,
    header: 'X-Token',
    scheme: '',
  }
  const { session: signed } = await signedIn()
  const api = createFetch(signed, options)
  options.origins[0] = 'https://evil.example'
  options.header = 'X-Other'
  options.fetch = () => Promise.reject(new Error('changed'))
  options.expired = () => true
  await api(url)
  await api('https://evil.example/')
  expect(send.mock.calls.map(([, init]) => Object.fromEntries(new Headers(init?.headers)))).toEqual(
    [{ 'x-token': 'first' }, {}],
  )
})

test('the platform’s fetch is looked up at each request', async () => {
  const { api } = await signedIn({ origins })
  const first = vi.fn<typeof fetch>(ok)
  const second = vi.fn<typeof fetch>(ok)
  vi.stubGlobal('fetch', first)
  await api(url)
  vi.stubGlobal('fetch', second)
  await api(url)
  await api(url, { session: false })
  vi.unstubAllGlobals()
  expect(first).toHaveBeenCalledTimes(1)
  expect(second).toHaveBeenCalledTimes(2)
})

test('nothing but the fetch that was given is called', async () => {
  const theirs = vi.fn<typeof fetch>(ok)
  vi.stubGlobal('fetch', theirs)
  const send = vi.fn<typeof fetch>(ok)
  const { api } = await signedIn({ origins, fetch: send, ...{ header: 'X-Token', scheme: '' } })
  await api(url)
  await api(new Request(url))
  await api('https://other.example/')
  vi.unstubAllGlobals()
  expect(theirs).not.toHaveBeenCalled()
  expect(send).toHaveBeenCalledTimes(3)
})

test('a fetch is called without a this, as browsers demand, whatever ours was called on', async () => {
  const seen: unknown[] = []
  function send(this: unknown): Promise<Response> {
    seen.push(this)
    return ok()
  }
  const { api } = await signedIn({ origins, fetch: send })
  const client = { api }
  await client.api(url)
  await client.api('https://other.example/')
  await client.api(url, { session: false })
  await Reflect.apply(api, client, [url])
  const passed = [url].map((each) => api(each))
  await Promise.all(passed)
  expect(seen).toEqual([undefined, undefined, undefined, undefined, undefined])
})

test('further arguments, as map and then hand them on, do no harm', async () => {
  const { api } = await signedIn({ origins, fetch: ok })
  // As `.then(api)` and `[url].map(api)` call it.
  expect((await Promise.resolve(url).then(api)).status).toBe(200)
})

test('a header and a scheme are sent as they were given', async () => {
  const send = vi.fn<typeof fetch>(ok)
  for (const options of [
    {},
    { scheme: 'DPoP' },
    { header: 'X-Token', scheme: '' },
    { header: 'x-token' },
  ]) {
    const { api } = await signedIn({ origins, fetch: send, ...options })
    await api(url)
  }
  expect(send.mock.calls.map(([, init]) => init?.headers)).toEqual([
    { Authorization: 'Bearer first' },
    { Authorization: 'DPoP first' },
    { 'X-Token': 'first' },
    { 'x-token': 'Bearer first' },
  ])
})
