import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import type { GraphQLFormattedError } from 'graphql'
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
// For a server that turns tokens away with HTTP 200. Without it, a 401 says so.
const isExpired = ({ extensions }: GraphQLFormattedError) => extensions?.code === 'UNAUTHENTICATED'
const expired = async (response: Response) => (await response.json()).errors?.some(isExpired)
const api = createFetch(session, { origins: [origin], expired })
const link = new HttpLink({ uri: `${origin}/graphql`, fetch: api })
export const client = new ApolloClient({ cache: new InMemoryCache(), link })
session.on('signed-in', () => void client.clearStore()) // the cache of another user goes

const query = gql('query ($id: Int!) { thing(id: $id) { id owner } }')
const mutation = gql('mutation ($id: Int!) { buy(id: $id) { id owner } }')
export const getThing = (id: number) => client.query({ query, variables: { id } })
export const buyThing = (id: number) => client.mutate({ mutation, variables: { id } })
export const signIn = async (username: string, password: string) =>
  session.signIn(await (await post('/auth/login', { username, password })).json())
