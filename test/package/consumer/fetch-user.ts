/** What an app with fetch writes. It is type-checked as a user's file, against the packed types. */
import { createSession, isSessionError } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import type { FetchSessionOptions, SessionFetch } from 'unexpired/fetch'

const session = createSession({
  credential: async ({ headers, method, url }) => ({
    ...headers,
    'X-Signature': `${method.toUpperCase()} ${url.length}`,
  }),
  refresh: ({ refreshToken, signal }) =>
    fetch('/auth/refresh', {
      method: 'POST',
      body: JSON.stringify({ refreshToken: refreshToken?.trim() }),
      signal,
    }),
})
const options: FetchSessionOptions = {
  header: 'X-Token',
  scheme: '',
  origins: ['https://api.example.com'],
  fetch,
  expired: async (response) => ((await response.json()) as { code: number }).code === 1234,
}
export const api: SessionFetch = createFetch(session, options)

/** As clients declare what they take. */
interface ClientOptions {
  fetch?: typeof fetch
  fetcher?: (input: string, init?: RequestInit) => Promise<Response>
  handler?: (request: Request) => Promise<Response>
}
export const client: ClientOptions = { fetch: api, fetcher: api, handler: api }

export async function use(): Promise<void> {
  const response: Response = await api('/me')
  await api(new URL('https://api.example.com/me'), { session: false })
  await api(new Request('/me'), { method: 'PUT', session: { replay: false } })
  // @ts-expect-error -- no such setting
  await api('/me', { session: 1 })
  const answer = await session.authorize((lease, headers) =>
    fetch('/me', { headers: { ...headers, 'X-Generation': String(lease.generation) } }),
  )
  if (!answer.ok && isSessionError(await response.json())) throw new Error('never')
}
