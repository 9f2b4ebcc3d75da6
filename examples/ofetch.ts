import { ofetch } from 'ofetch'
import { createSession, isSessionError, keyValueStore } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'

export const session = createSession({
  store: keyValueStore(() => localStorage, 'auth'),
  refresh: ({ refreshToken, signal }) =>
    ofetch(`${origin}/auth/refresh`, { method: 'POST', body: { refreshToken }, signal }),
  onSignedOut({ reason }) {
    // Replaced: somebody has just signed in.
    if (reason !== 'replaced') location.assign(`/login?reason=${reason}`)
  },
})
export const api = ofetch.create(
  {
    baseURL: `${origin}/api`,
    onRequestError({ error, options }) {
      if (isSessionError(error)) options.retry = false
    },
  },
  { fetch: createFetch(session, { origins: [origin] }) },
)

export const getOrder = (id: number) => api(`/orders/${id}`)
export const addOrder = (item: string) => api('/orders', { method: 'POST', body: { item } })

export async function signIn(username: string, password: string): Promise<void> {
  const body = { username, password }
  await session.signIn(await ofetch(`${origin}/auth/login`, { method: 'POST', body }))
}
