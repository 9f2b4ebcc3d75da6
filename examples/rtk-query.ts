import { configureStore } from '@reduxjs/toolkit'
import { createApi, fetchBaseQuery } from '@reduxjs/toolkit/query'

import { api as sessionFetch, session } from './fetch.js' // which has signIn, too

export const api = createApi({
  baseQuery: fetchBaseQuery({ baseUrl: 'https://api.example.com/api', fetchFn: sessionFetch }),
  endpoints: (build) => ({
    getOrder: build.query({ query: (id: number) => `orders/${id}` }),
    addOrder: build.mutation({ query: (body) => ({ url: 'orders', method: 'POST', body }) }),
  }),
})
export const store = configureStore({
  reducer: { [api.reducerPath]: api.reducer },
  middleware: (usual) => usual().concat(api.middleware),
})
// The user before may have been another.
session.on('signed-in', () => store.dispatch(api.util.resetApiState()))
