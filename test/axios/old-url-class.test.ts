import axios from 'axios'
import { createSession } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => vi.unstubAllGlobals())

/** As React Native had it: a URL can be made, and not be looked at. */
class OldUrl {
  get origin(): string {
    throw new Error('URL.origin is not implemented')
  }
  get username(): string {
    throw new Error('URL.username is not implemented')
  }
}

const sentTo: [string, string, boolean][] = [
  ['https://api.example.com', '/me', true],
  ['https://api.example.com', 'https://api.example.com:443/me', true],
  ['https://API.example.com:8443/v1/', 'https://api.example.com:8443/me', true],
  ['https://api.example.com', 'https://evil.example.com/me', false],
  ['https://api.example.com', 'https://api.example.com@evil.example.com/me', false],
  ['https://api.example.com', 'https://api.example.com\\@evil.example.com/me', false],
  ['https://api.example.com', '//evil.example.com/me', false],
]

test.each(sentTo)(
  'G39 where the URL class knows no origins, with %s a request to %s carries the token: %s',
  async (baseURL, url, isSigned) => {
    vi.stubGlobal('URL', OldUrl)
    const session = createSession({ refresh: () => Promise.reject(new Error('not here')) })
    await session.signIn({ accessToken: 'token' })
    const seen: unknown[] = []
    const instance = axios.create({
      baseURL,
      adapter: (config) => {
        seen.push(config.headers.get('Authorization'))
        return Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config })
      },
    })
    await attachSession(instance, session).get(url)
    expect(seen).toEqual([isSigned ? 'Bearer token' : undefined])
    const named = attachSession(instance, session, { origins: ['https://api.example.com'] })
    await named.get('https://api.example.com/me')
    expect(seen.at(-1)).toBe('Bearer token')
  },
)
