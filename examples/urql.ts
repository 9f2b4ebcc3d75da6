import { cacheExchange, Client, fetchExchange, gql } from '@urql/core'
import { createSession, keyValueStore } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'
const headers = { 'Content-Type': 'application/json' }
const post = (path: string, body: object, init?: RequestInit) =>
  fetch(origin + path, { ...init, method: 'POST', headers, body: JSON.stringify(body) })

export const session = createSession({
  store: keyValueStore(() => localStorage, 'auth'),
  refresh: ({ refreshToken, signal }) => post('/auth/refresh', { refreshToken }, { signal }),
  // Replaced: somebody has just signed in.
  onSignedOut: ({ reason }) => reason !== 'replaced' && location.assign(`/login?reason=${reason}`),
})
const api = createFetch(session, { origins: [origin] })
const exchanges = [cacheExchange, fetchExchange] // no authExchange
const connect = () => new Client({ url: `${origin}/graphql`, exchanges, fetch: api })
let client = connect()
session.on('signed-in', () => void (client = connect())) // the cache of another user goes

const thingQuery = gql('query ($id: Int!) { thing(id: $id) { id owner } }')
const buyMutation = gql('mutation ($id: Int!) { buy(id: $id) { id owner } }')
export const getThing = (id: number) => client.query(thingQuery, { id }).toPromise()
export const buyThing = (id: number) => client.mutation(buyMutation, { id }).toPromise()
export const signIn = async (username: string, password: string) =>
  session.signIn(await (await post('/auth/login', { username, password })).json())
