import { expiryOf, isOver } from './parts.js'
import type { Envelope, PlainClient, PlainParts, XTokens } from './parts.js'

// What tutorials and answers show, and most projects have. It works as long as requests come one at a time.
export function xTokenFetch({ url, storage, goToSignIn, fetch }: PlainParts): PlainClient {
  function save({ token, expiresIn }: XTokens): void {
    storage.set({ accessToken: token, expiresAt: expiryOf(expiresIn) })
  }

  function logOut(): void {
    storage.set({})
    goToSignIn()
  }

  async function send<Data>(to: string, init: RequestInit): Promise<Envelope<Data>> {
    const { accessToken } = storage.get()
    const headers = new Headers(init.headers)
    if (accessToken) headers.set('X-Token', accessToken)
    const answer = await fetch(to, { ...init, headers })
    return (await answer.json()) as Envelope<Data>
  }

  async function refresh(): Promise<void> {
    try {
      const { code, message, data } = await send<XTokens>(url('/x/refreshtoken'), {
        method: 'POST',
      })
      if (code !== 0) throw new Error(message)
      save(data)
    } catch (error) {
      logOut()
      throw error
    }
  }

  async function apiFetch(to: string, init: RequestInit, isRetry = false): Promise<unknown> {
    if (isOver(storage.get())) await refresh()
    const { code, message, data } = await send(to, init)
    if (code === 1234 && !isRetry) {
      await refresh()
      return apiFetch(to, init, true)
    }
    if (code !== 0) throw new Error(message)
    return data
  }

  return {
    async signIn(username) {
      const { data } = await send<XTokens>(url('/x/login'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username }),
      })
      save(data)
    },
    get: (path, signal) => apiFetch(url(`/x${path}`), { signal }),
  }
}
