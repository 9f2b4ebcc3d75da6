/** What an app with axios writes. It is type-checked as a user's file, against the packed types. */
import axios from 'axios'
import type { AxiosInstance } from 'axios'
import { createSession, RefreshRefusedError } from 'unexpired'
import { attachSession, detachSession } from 'unexpired/axios'
import type { AxiosSessionOptions } from 'unexpired/axios'

const session = createSession({
  refresh: ({ refreshToken, signal }) =>
    axios.post('/auth/refresh', { refreshToken }, { signal }).then((r) => r.data),
})
export const api: AxiosInstance = attachSession(axios.create({ baseURL: '/api' }), session)

const options: AxiosSessionOptions = {
  header: 'X-Token',
  scheme: '',
  expired: (r) => r.data?.code === 1234,
}
const xSession = createSession({
  refresh: ({ tokens, signal }) =>
    xApi
      .post('/refreshtoken', null, { headers: { 'X-Token': tokens.accessToken }, signal })
      .then(({ data }) => {
        if (data.code !== 0) throw new RefreshRefusedError(data.message)
        return { accessToken: data.data.token, expiresIn: data.data.expiresIn }
      }),
})
export const xApi: AxiosInstance = attachSession(
  axios.create({ baseURL: '/api' }),
  xSession,
  options,
)

export async function use(): Promise<void> {
  await api.get<{ name: string }>('/me', { session: false })
  await api.post('/pay', {}, { session: { replay: false } })
  await api.request({ url: '/me', params: { a: 1 } })
  // @ts-expect-error -- no such setting
  await api.get('/me', { session: 1 })
  detachSession(api)
}
