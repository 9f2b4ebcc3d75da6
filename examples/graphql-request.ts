import { GraphQLClient } from 'graphql-request'
import { createSession } from 'unexpired'
import { browserStore } from 'unexpired/browser'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'
const headers = { 'Content-Type': 'application/json' }
const post = (path: string, body: object, init?: RequestInit) =>
  fetch(origin + path, { ...init, method: 'POST', headers, body: JSON.stringify(body) })

export const session = createSession({
  store: browserStore('auth'),
  refresh: ({ refreshToken, signal }) => post('/auth/refresh', { refreshToken }, { signal }),
  onSignedOut({ reason }) {
    if (reason !== 'replaced') location.assign(`/login?reason=${reason}`) // else: a sign-in
  },
})
const api = createFetch(session, { origins: [origin] }) // for a server that answers with HTTP 401
export const client = new GraphQLClient(`${origin}/graphql`, { fetch: api })

const thingQuery = 'query ($id: Int!) { thing(id: $id) { id owner } }'
const buyMutation = 'mutation ($id: Int!) { buy(id: $id) { id owner } }'
export const getThing = (id: number) => client.request(thingQuery, { id })
export const buyThing = (id: number) => client.request(buyMutation, { id })
export async function signIn(username: string, password: string) {
  const login = await post('/auth/login', { username, password })
  if (!login.ok) throw new Error(`Signing in failed: ${login.status}`)
  await session.signIn(await login.json())
}
