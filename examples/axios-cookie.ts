import axios from 'axios'
import { createSession } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { browserStore } from 'unexpired/browser'

// HttpOnly cookies, which no script can read: nothing is attached, the browser carries them
export const session = createSession({
  credential: 'cookie',
  // No secret in it: the tabs take turns, and know how the session stands.
  store: browserStore('auth'),
  refresh: ({ signal }) => axios.post('/cookie/refresh', null, { signal }).then(() => undefined),
  onSignedOut({ reason }) {
    // Whether there is a session is known only when it is refused, on the sign-in page as elsewhere.
    const isHere = location.pathname === '/login'
    if (reason !== 'replaced' && !isHere) location.assign(`/login?reason=${reason}`)
  },
})
export const api = attachSession(axios.create({ baseURL: '/cookie/api' }), session)

export async function signIn(username: string, password: string): Promise<void> {
  await axios.post('/cookie/login', { username, password })
  await session.signIn()
}
