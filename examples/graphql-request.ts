import { GraphQLClient } from 'graphql-request'
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
// A server that turns tokens away with HTTP 401.
export const client = new GraphQLClient(`${origin}/graphql`, {
  fetch: createFetch(session, { origins: [origin] }),
})

const thingQuery = 'query ($id: Int!) { thing(id: $id) { id owner } }'
const buyMutation = 'mutation ($id: Int!) { buy(id: $id) { id owner } }'
export const getThing = (id: number) => client.request(thingQuery, { id })
export const buyThing = (id: number) => client.request(buyMutation, { id })
export const signIn = async (username: string, password: string) =>
  session.signIn(await (await post('/auth/login', { username, password })).json())
