import createClient from 'openapi-fetch'
import { createSession, keyValueStore } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

type Order = { item: string }
type Json<T> = { content: { 'application/json': T } }
interface paths {
  '/orders/{id}': { get: { parameters: { path: { id: number } }; responses: { 200: Json<Order> } } }
  '/orders': { post: { requestBody: Json<Order>; responses: { 200: Json<Order> } } }
}
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
const options = { baseUrl: `${origin}/api`, fetch: createFetch(session, { origins: [origin] }) }
export const api = createClient<paths>(options)

export const getOrder = (id: number) => api.GET('/orders/{id}', { params: { path: { id } } })
export const addOrder = (item: string) => api.POST('/orders', { body: { item } })
export const signIn = async (username: string, password: string) =>
  session.signIn(await (await post('/auth/login', { username, password })).json())
