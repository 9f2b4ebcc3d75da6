import { cacheExchange, Client, fetchExchange, gql } from '@urql/core'
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
const api = createFetch(session, { origins: [origin] })
const options = { url: `${origin}/graphql`, exchanges: [cacheExchange, fetchExchange], fetch: api }
let client = new Client(options)
session.on('signed-in', () => void (client = new Client(options))) // the cache of another user goes
const thingQuery = gql('query ($id: Int!) { thing(id: $id) { id owner } }')
const buyMutation = gql('mutation ($id: Int!) { buy(id: $id) { id owner } }')
export const getThing = (id: number) => client.query(thingQuery, { id }).toPromise()
export const buyThing = (id: number) => client.mutation(buyMutation, { id }).toPromise()
export async function signIn(username: string, password: string) {
  const login = await post('/auth/login', { username, password })
  if (!login.ok) throw new Error(`Signing in failed: ${login.status}`)
  await session.signIn(await login.json())
}
