import { got, HTTPError, type OptionsOfJSONResponseBody } from 'got'
import { createSession } from 'unexpired'

const origin = process.env['API_ORIGIN'] ?? 'https://api.example.com'

export const session = createSession({
  refresh: ({ refreshToken, signal }) =>
    got.post(`${origin}/auth/refresh`, { json: { refreshToken }, signal }).json(),
  onSignedOut: ({ reason }) => console.error(`sign in again: ${reason}`),
})
const client = got.extend({ responseType: 'json', resolveBodyOnly: true })

/** In place of `client`: each attempt is a request of got's own, with its hooks, timeouts and retries. */
export function api<T>(path: string, options: OptionsOfJSONResponseBody = {}): Promise<T> {
  const url = new URL(path, `${origin}/api/`)
  if (url.origin !== origin) return client<T>(url, options)
  return session.authorize(
    (_, headers) => client<T>(url, { ...options, headers: { ...options.headers, ...headers } }),
    { expired: (outcome) => 'error' in outcome && is401(outcome.error), signal: options.signal },
  )
}
/** A redirect may have led elsewhere: it is not for others to say. */
const is401 = (error: unknown) =>
  error instanceof HTTPError &&
  error.response.statusCode === 401 &&
  new URL(error.response.url).origin === origin
