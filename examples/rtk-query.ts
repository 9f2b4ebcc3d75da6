import { configureStore } from '@reduxjs/toolkit'
import { createApi, fetchBaseQuery } from '@reduxjs/toolkit/query'
import { createSession, keyValueStore } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'
const headers = { 'Content-Type': 'application/json' }
const post = (path: string, body: object, init?: RequestInit) =>
  fetch(origin + path, { ...init, method: 'POST', headers, body: JSON.stringify(body) })

export const session = createSession({
  store: keyValueStore(() => localStorage, 'auth'),
  refresh: ({ refreshToken, signal }) => post('/auth/refresh', { refreshToken }, { signal }),
  onSignedOut: ({ reason }) => reason === 'replaced' || location.assign('/login'),
})
const fetchFn = createFetch(session, { origins: [origin] })
export const api = createApi({
  baseQuery: fetchBaseQuery({ baseUrl: `${origin}/api`, fetchFn }),
  endpoints: (build) => ({
    getOrder: build.query({ query: (id: number) => `orders/${id}` }),
    addOrder: build.mutation({ query: (body) => ({ url: 'orders', method: 'POST', body }) }),
  }),
})
export const store = configureStore({
  reducer: { [api.reducerPath]: api.reducer },
  middleware: (usual) => usual().concat(api.middleware),
})
session.on('signed-in', () => store.dispatch(api.util.resetApiState())) // another user, perhaps
export const signIn = async (username: string, password: string) =>
  session.signIn(await (await post('/auth/login', { username, password })).json())
