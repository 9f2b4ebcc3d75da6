import wretch from 'wretch'
import { createSession } from 'unexpired'
import { browserStore } from 'unexpired/browser'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'
const auth = wretch(`${origin}/auth`)

export const session = createSession({
  store: browserStore('auth'),
  refresh: ({ refreshToken, signal }) =>
    auth.options({ signal }).post({ refreshToken }, '/refresh').json(),
  onSignedOut({ reason }) {
    // Replaced: somebody has just signed in.
    if (reason !== 'replaced') location.assign(`/login?reason=${reason}`)
  },
})
export const api = wretch(`${origin}/api`).polyfills({
  fetch: createFetch(session, { origins: [origin] }),
})

export const getOrder = (id: number) => api.get(`/orders/${id}`).json()
export const addOrder = (item: string) => api.post({ item }, '/orders').json()

export async function signIn(username: string, password: string): Promise<void> {
  await session.signIn(await auth.post({ username, password }, '/login').json())
}
