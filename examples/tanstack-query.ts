import { QueryClient } from '@tanstack/query-core'
import { createSession, isSessionError, keyValueStore } from 'unexpired'
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
const retryAfterMs = (error: unknown) =>
  isSessionError(error) && error.code === 'refresh-unavailable' ? error.retryAfterMs : undefined
const retry = (failures: number, error: unknown) =>
  failures < 3 && (!isSessionError(error) || retryAfterMs(error) !== undefined)
const retryDelay = (failures: number, error: unknown) =>
  retryAfterMs(error) ?? 1_000 * 2 ** failures
export const queryClient = new QueryClient({ defaultOptions: { queries: { retry, retryDelay } } })
session.on('signed-in', () => queryClient.clear()) // the user before may have been another

const api = createFetch(session, { origins: [origin] })
export const getOrder = async (id: number, signal: AbortSignal) =>
  (await api(`${origin}/api/orders/${id}`, { signal })).json()
export const signIn = async (username: string, password: string) =>
  session.signIn(await (await post('/auth/login', { username, password })).json())
