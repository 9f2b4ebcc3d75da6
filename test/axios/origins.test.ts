import { expect, test } from 'vitest'
import axios from 'axios'
import type { AxiosAdapter, AxiosRequestConfig } from 'axios'
import { createSession, SessionError } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import type { AxiosSessionOptions } from 'unexpired/axios'
import { errorOf } from '../contract/stage.js'

/** Whether a request would carry the token. Nothing is sent: these hosts are nobody's. */
async function carries(
  baseURL: string | undefined,
  request: AxiosRequestConfig,
  options: AxiosSessionOptions = {},
): Promise<boolean> {
  let sent: unknown
  const adapter: AxiosAdapter = (config) => {
    sent = config.headers.get('Authorization')
    return Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config })
  }
  const session = createSession({ refresh: () => Promise.reject(new Error('no')) })
  await session.signIn({ accessToken: 'secret' })
  const api = attachSession(
    axios.create({ adapter, ...(baseURL === undefined ? {} : { baseURL }) }),
    session,
    options,
  )
  await api.request(request)
  return sent === 'Bearer secret'
}

const ours: readonly (readonly [base: string, url: string])[] = [
  ['https://api.example.com', '/thing'],
  ['https://api.example.com/', 'thing'],
  ['https://api.example.com/v1/', '//thing'.slice(1)],
  ['https://api.example.com', 'https://api.example.com/thing'],
  ['https://api.example.com', 'HTTPS://API.EXAMPLE.COM/thing'],
  ['https://API.example.com', 'https://api.example.com/thing'],
  ['https://api.example.com', 'https://api.example.com:443/thing'],
  ['https://api.example.com:443', 'https://api.example.com/thing'],
  ['http://api.example.com:80/v1', 'http://api.example.com/other'],
  ['https://api.example.com', 'https://api.example.com/../thing'],
  ['https://bücher.example', 'https://xn--bcher-kva.example/thing'],
  ['http://[::1]:8080', 'http://[0:0:0:0:0:0:0:1]:8080/thing'],
  ['https://api.example.com', 'thing?next=https://evil.example'],
  ['https://api.example.com', 'thing#//evil.example'],
  ['https://api.example.com', ':8080/thing'],
  ['https://api.example.com', '.evil.example/thing'],
  ['https://api.example.com', '@evil.example/thing'],
]

test.each(ours)('G39 on %s, %s carries the token', async (base, url) => {
  expect(await carries(base, { url })).toBe(true)
})

const others: readonly (readonly [base: string, url: string])[] = [
  ['https://api.example.com', 'https://evil.example/thing'],
  ['https://api.example.com', '//evil.example/thing'],
  ['https://api.example.com', 'http://api.example.com/thing'],
  ['https://api.example.com', 'https://api.example.com:8443/thing'],
  ['https://api.example.com', 'https://api.example.com.evil.example/thing'],
  ['https://api.example.com', 'https://api.example.com@evil.example/thing'],
  ['https://api.example.com', 'https://evil.example\\@api.example.com/thing'],
  ['https://api.example.com', 'https://sub.api.example.com/thing'],
  ['https://api.example.com', 'https://example.com/thing'],
  ['https://api.example.com', 'https://api.example.com.:443/thing'],
  ['https://api.example.com', 'ftp://api.example.com/thing'],
  ['https://api.example.com', 'data://api.example.com/,thing'],
  ['http://127.0.0.1', 'http://localhost/thing'],
]

test.each(others)('G39 on %s, %s carries none', async (base, url) => {
  expect(await carries(base, { url })).toBe(false)
})

test('G39 a baseURL that is given with one request counts as any other URL', async () => {
  const base = 'https://api.example.com'
  expect(await carries(base, { url: '/thing', baseURL: 'https://evil.example' })).toBe(false)
  expect(await carries(base, { url: '/thing', baseURL: 'https://api.example.com/v2' })).toBe(true)
  expect(await carries(base, { url: '/thing', baseURL: 'https://evil.example\\.com' })).toBe(false)
  expect(await carries(base, { url: '/thing', baseURL: '//evil.example' })).toBe(false)
})

test('G39 allowAbsoluteUrls: false joins an absolute URL to our own, as axios does', async () => {
  const request = { url: 'https://evil.example/thing', allowAbsoluteUrls: false }
  expect(await carries('https://api.example.com', request)).toBe(true)
  expect(await carries(undefined, request, { origins: ['https://api.example.com'] })).toBe(false)
})

test('G39 named origins count instead of that of baseURL, however they are written', async () => {
  const options = { origins: ['https://API.example.com:443/ignored/path', 'http://localhost:3000'] }
  expect(await carries(undefined, { url: 'https://api.example.com/thing' }, options)).toBe(true)
  expect(await carries(undefined, { url: 'http://localhost:3000/thing' }, options)).toBe(true)
  expect(await carries(undefined, { url: 'http://localhost:3001/thing' }, options)).toBe(false)
  expect(await carries('https://other.example', { url: '/thing' }, options)).toBe(false)
  expect(await carries('https://api.example.com/v1', { url: '/thing' }, options)).toBe(true)
})

test('G39 where no origin is known, a request rejects with an error that says what to pass', async () => {
  for (const url of ['https://api.example.com/thing', '/thing']) {
    const error = await errorOf(carries(undefined, { url }))
    expect(error).toBeInstanceOf(SessionError)
    expect(error).toMatchObject({ code: 'origin-unknown' })
    expect((error as Error).message).toContain('pass `origins`')
  }
})

test('where no origin is known, a request that is not ours goes out all the same', async () => {
  const url = 'https://api.example.com/thing'
  expect(await carries(undefined, { url, session: false })).toBe(false)
  expect(await carries(undefined, { url, headers: { Authorization: 'own' } })).toBe(false)
})
