import { expiryOf, isOver } from './parts.js'
import type { BearerTokens, PlainClient, PlainParts } from './parts.js'

// What tutorials and answers show, and most projects have. It works as long as requests come one at a time.
export function bearerFetch({ url, storage, goToSignIn, fetch }: PlainParts): PlainClient {
  const json = { 'Content-Type': 'application/json' }

  async function post(path: string, body: object): Promise<BearerTokens> {
    const answer = await fetch(url(path), {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
    return (await answer.json()) as BearerTokens
  }

  function save({ accessToken, refreshToken, expiresIn }: BearerTokens): void {
    storage.set({ accessToken, refreshToken, expiresAt: expiryOf(expiresIn) })
  }

  function logOut(): void {
    storage.set({})
    goToSignIn()
  }

  async function refresh(): Promise<void> {
    try {
      const { refreshToken } = storage.get()
      save(await post('/auth/refresh', { refreshToken }))
    } catch (error) {
      logOut()
      throw error
    }
  }

  async function apiFetch(to: string, init: RequestInit, isRetry = false): Promise<Response> {
    if (isOver(storage.get())) await refresh()
    const { accessToken } = storage.get()
    const headers = new Headers(init.headers)
    if (accessToken) headers.set('Authorization', `Bearer ${accessToken}`)
    const answer = await fetch(to, { ...init, headers })
    if (answer.status === 401 && !isRetry) {
      await refresh()
      return apiFetch(to, init, true)
    }
    return answer
  }

  return {
    async signIn(username) {
      save(await post('/auth/login', { username }))
    },
    async get(path, signal) {
      const answer = await apiFetch(url(`/api${path}`), { signal })
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
      return answer.json()
    },
  }
}
