import { ofetch, type FetchOptions } from 'ofetch'
import { createSession, isSessionError } from 'unexpired'
import { browserStore } from 'unexpired/browser'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'

export const session = createSession({
  store: browserStore('auth'),
  refresh: ({ refreshToken, signal }) =>
    ofetch(`${origin}/auth/refresh`, { method: 'POST', body: { refreshToken }, signal }),
  onSignedOut({ reason }) {
    if (reason !== 'replaced') location.assign(`/login?reason=${reason}`) // else: a sign-in
  },
})
const sessionFetch = createFetch(session, { origins: [origin] })
const defaults: FetchOptions = {
  baseURL: `${origin}/api`,
  onRequestError({ error, options }) {
    if (isSessionError(error)) options.retry = false
  },
}
export const api = ofetch.create(defaults, { fetch: sessionFetch })

export const getOrder = (id: number) => api(`/orders/${id}`)
export const addOrder = (item: string) => api('/orders', { method: 'POST', body: { item } })
export const signIn = async (username: string, password: string) => {
  const body = { username, password }
  await session.signIn(await ofetch(`${origin}/auth/login`, { method: 'POST', body }))
}
