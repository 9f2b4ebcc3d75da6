import axios, { type AxiosAdapter, type AxiosInstance } from 'axios'
import { createSession } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { ratios } from './measure.js'

/** Answers at once: what is left is what axios and the session cost. */
const stub: AxiosAdapter = (config) =>
  Promise.resolve({ data: '{"ok":true}', status: 200, statusText: 'OK', headers: {}, config })

const requests = 400
const rounds = 301

const make = (): AxiosInstance =>
  axios.create({ baseURL: 'https://api.example.com', adapter: stub })

/** What everybody writes, as small as it gets. */
function handWritten(token: string): AxiosInstance {
  const instance = make()
  instance.interceptors.request.use(
    (config) => {
      config.headers.Authorization = `Bearer ${token}`
      return config
    },
    undefined,
    { synchronous: true },
  )
  instance.interceptors.response.use(undefined, (error: unknown) => Promise.reject(error))
  return instance
}

async function attached(expiresIn: number | undefined): Promise<AxiosInstance> {
  const session = createSession({ refresh: () => Promise.reject(new Error('not here')) })
  await session.signIn({ accessToken: 'token', expiresIn })
  return attachSession(make(), session)
}

/** A request with a live token, against bare axios and the interceptor that everybody writes. */
export async function liveToken(): Promise<Record<string, number>> {
  const instances: Record<string, AxiosInstance> = {
    bare: make(),
    handWritten: handWritten('token'),
    unexpired: await attached(undefined),
    unexpiredWithLifetime: await attached(3600),
  }
  return ratios(instances, { requests, rounds })
}
