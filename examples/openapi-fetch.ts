import createClient from 'openapi-fetch'

import { api as sessionFetch } from './fetch.js' // with its session, and signIn

// What openapi-typescript makes of your schema
type Order = { item: string }
type Json<T> = { content: { 'application/json': T } }
interface paths {
  '/orders/{id}': { get: { parameters: { path: { id: number } }; responses: { 200: Json<Order> } } }
  '/orders': { post: { requestBody: Json<Order>; responses: { 200: Json<Order> } } }
}
export const api = createClient<paths>({
  baseUrl: 'https://api.example.com/api',
  fetch: sessionFetch,
})

export const getOrder = (id: number) => api.GET('/orders/{id}', { params: { path: { id } } })
export const addOrder = (item: string) => api.POST('/orders', { body: { item } })
