import { createAlova, invalidateCache } from 'alova'
import adapterFetch from 'alova/fetch'
import { createSession, keyValueStore } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'
const headers = { 'Content-Type': 'application/json' }
const post = (body: object) => ({ method: 'POST', headers, body: JSON.stringify(body) })

export const session = createSession({
  store: keyValueStore(() => localStorage, 'auth'),
  refresh: ({ refreshToken, signal }) =>
    fetch(`${origin}/auth/refresh`, { ...post({ refreshToken }), signal }),
  onSignedOut({ reason }) {
    void invalidateCache() // alova keeps answers: the next user is not to see them
    if (reason !== 'replaced') location.assign(`/login?reason=${reason}`)
  },
})
export const api = createAlova({
  baseURL: `${origin}/api`,
  requestAdapter: adapterFetch({ customFetch: createFetch(session, { origins: [origin] }) }),
  responded: (response) => (response.ok ? response.json() : Promise.reject(response)),
})
export const getOrder = (id: number) => api.Get(`/orders/${id}`)
export const addOrder = (item: string) => api.Post('/orders', { item })

export async function signIn(username: string, password: string): Promise<void> {
  const answer = await fetch(`${origin}/auth/login`, post({ username, password }))
  await session.signIn(await answer.json())
}
