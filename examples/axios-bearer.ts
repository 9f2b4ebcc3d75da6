import axios from 'axios'
import { createSession } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { browserStore } from 'unexpired/browser'

// 401, Bearer, a rotating refresh token
export const session = createSession({
  store: browserStore('auth'),
  refresh: ({ refreshToken, signal }) =>
    axios.post('/auth/refresh', { refreshToken }, { signal }).then((r) => r.data),
  onSignedOut({ reason }) {
    // Replaced: somebody has just signed in.
    if (reason !== 'replaced') location.assign(`/login?reason=${reason}`)
  },
})
export const api = attachSession(axios.create({ baseURL: '/api' }), session)

export async function signIn(username: string, password: string): Promise<void> {
  const { data } = await axios.post('/auth/login', { username, password })
  await session.signIn(data)
}
