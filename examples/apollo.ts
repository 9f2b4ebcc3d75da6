import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
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
const link = new HttpLink({ uri: `${origin}/graphql`, fetch: api })
export const client = new ApolloClient({ cache: new InMemoryCache(), link })
session.on('signed-in', () => void client.resetStore().catch(() => undefined)) // asks anew
const query = gql('query ($id: Int!) { thing(id: $id) { id owner } }')
const mutation = gql('mutation ($id: Int!) { buy(id: $id) { id owner } }')
export const getThing = (id: number) => client.query({ query, variables: { id } })
export const buyThing = (id: number) => client.mutate({ mutation, variables: { id } })
export async function signIn(username: string, password: string) {
  const login = await post('/auth/login', { username, password })
  if (!login.ok) throw new Error(`Signing in failed: ${login.status}`)
  await session.signIn(await login.json())
}
