import { createAlova } from 'alova'
import adapterFetch from 'alova/fetch'
import { createSession, keyValueStore } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'
const headers = { 'Content-Type': 'application/json' }
const post = (path: string, body: object, init?: RequestInit) =>
  fetch(origin + path, { ...init, method: 'POST', headers, body: JSON.stringify(body) })

export const session = createSession({
  store: keyValueStore(() => localStorage, 'auth'),
  refresh: ({ refreshToken, signal }) => post('/auth/refresh', { refreshToken }, { signal }),
  onSignedOut({ reason }) {
    // Replaced: somebody has just signed in.
    if (reason !== 'replaced') location.assign(`/login?reason=${reason}`)
  },
})
export const api = createAlova({
  baseURL: `${origin}/api`,
  requestAdapter: adapterFetch({ customFetch: createFetch(session, { origins: [origin] }) }),
  cacheFor: null, // with these two no user is shown what another one asked for
  shareRequest: false,
  responded: (response) => (response.ok ? response.json() : Promise.reject(response)),
})
export const getOrder = (id: number) => api.Get(`/orders/${id}`)
export const addOrder = (item: string) => api.Post('/orders', { item })
export const signIn = async (username: string, password: string) =>
  session.signIn(await (await post('/auth/login', { username, password })).json())
