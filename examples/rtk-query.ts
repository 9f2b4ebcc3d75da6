import { configureStore } from '@reduxjs/toolkit'
import { createApi, fetchBaseQuery } from '@reduxjs/toolkit/query'
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
    store.dispatch(api.util.resetApiState()) // the next user is not to see it
    if (reason !== 'replaced') location.assign(`/login?reason=${reason}`)
  },
})
const fetchFn = createFetch(session, { origins: [origin] })
export const api = createApi({
  baseQuery: fetchBaseQuery({ baseUrl: `${origin}/api`, fetchFn }),
  endpoints: (build) => ({
    getOrder: build.query<unknown, number>({ query: (id) => `orders/${id}` }),
    addOrder: build.mutation<unknown, string>({
      query: (item) => ({ url: 'orders', method: 'POST', body: { item } }),
    }),
  }),
})
export const store = configureStore({
  reducer: { [api.reducerPath]: api.reducer },
  middleware: (usual) => usual().concat(api.middleware),
})

export async function signIn(username: string, password: string): Promise<void> {
  const answer = await fetch(`${origin}/auth/login`, post({ username, password }))
  await session.signIn(await answer.json())
}
