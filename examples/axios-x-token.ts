import axios from 'axios'
import { createSession, keyValueStore, RefreshRefusedError } from 'unexpired'
import { attachSession } from 'unexpired/axios'

// HTTP 200 with { code: 1234 }, X-Token, the old token buys the new one, through the very same instance
export const session = createSession({
  store: keyValueStore(localStorage, 'token'), // for several tabs: browserStore('token')
  refresh: ({ tokens, signal }) =>
    api
      .post('/refreshtoken', null, { headers: { 'X-Token': tokens.accessToken }, signal })
      .then(({ data }) => {
        if (data.code !== 0) throw new RefreshRefusedError(data.message)
        return { accessToken: data.data.token, expiresIn: data.data.expiresIn }
      }),
  onSignedOut({ reason }) {
    // Replaced: somebody has just signed in.
    if (reason !== 'replaced') location.assign('/')
  },
})
export const api = attachSession(axios.create({ baseURL: '/api' }), session, {
  header: 'X-Token',
  scheme: '',
  expired: (r) => r.data?.code === 1234,
})

export async function signIn(username: string, password: string): Promise<void> {
  // A sign-in has nothing to do with the session before it.
  const { data } = await api.post('/login', { username, password }, { session: false })
  await session.signIn({ accessToken: data.data.token, expiresIn: data.data.expiresIn })
}
