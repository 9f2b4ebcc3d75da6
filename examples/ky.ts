import ky from 'ky'
import { createSession, isSessionError } from 'unexpired'
import { browserStore } from 'unexpired/browser'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'

export const session = createSession({
  store: browserStore('auth'),
  refresh: ({ refreshToken, signal }) =>
    ky.post(`${origin}/auth/refresh`, { json: { refreshToken }, signal }).json(),
  onSignedOut({ reason }) {
    if (reason !== 'replaced') location.assign(`/login?reason=${reason}`) // else: a sign-in
  },
})
export const api = ky.create({
  prefixUrl: `${origin}/api`,
  fetch: createFetch(session, { origins: [origin] }),
  timeout: 30_000, // counts while a request waits for the refresh, too
  retry: { shouldRetry: ({ error }) => (isSessionError(error) ? false : undefined) },
})

export const getOrder = (id: number) => api.get(`orders/${id}`).json()
export const addOrder = (item: string) => api.post('orders', { json: { item } }).json()

export async function signIn(username: string, password: string): Promise<void> {
  await session.signIn(
    await ky.post(`${origin}/auth/login`, { json: { username, password } }).json(),
  )
}
