import { createAlova } from 'alova'
import adapterFetch from 'alova/fetch'

import { api as sessionFetch } from './fetch.js' // with its session, and signIn

export const api = createAlova({
  baseURL: 'https://api.example.com/api',
  requestAdapter: adapterFetch({ customFetch: sessionFetch }),
  cacheFor: null, // with these two no user is shown what another one asked for
  shareRequest: false,
  responded: (response) => (response.ok ? response.json() : Promise.reject(response)),
})

export const getOrder = (id: number) => api.Get(`/orders/${id}`)
export const addOrder = (item: string) => api.Post('/orders', { item })
