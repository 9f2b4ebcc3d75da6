import { createSession } from 'unexpired'
import { browserStore } from 'unexpired/browser'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'
const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

export const session = createSession({
  store: browserStore('auth'),
  refresh: ({ refreshToken, signal }) =>
    fetch(`${origin}/auth/refresh`, { ...post({ refreshToken }), signal }),
  onSignedOut({ reason }) {
    // Replaced: somebody has just signed in.
    if (reason !== 'replaced') location.assign(`/login?reason=${reason}`)
  },
})
export const api = createFetch(session, { origins: [origin] })

export const getOrder = (id: number) => api(`${origin}/api/orders/${id}`)
export const addOrder = (item: string) => api(`${origin}/api/orders`, post({ item }))

export async function signIn(username: string, password: string): Promise<void> {
  const answer = await fetch(`${origin}/auth/login`, post({ username, password }))
  if (!answer.ok) throw new Error(`Signing in failed: ${answer.status}`)
  await session.signIn(await answer.json())
}
