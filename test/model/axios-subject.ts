import axios, { AxiosError, isCancel, type AxiosAdapter, type AxiosResponse } from 'axios'
import { createSession, type RefreshRequest, type Session, type TokenResponse } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { sessionOptions, sessionSubject } from './core-subject.js'
import type { Answer, Sending, SubjectFactory } from './subject.js'

/** The real core through the axios client, over an adapter whose answers are scheduled. */
export const axiosSubject: SubjectFactory = (parts) => {
  const { through, refresh } = parts
  const sendings = new Map<string, Sending>()
  const refreshes = new Map<string, RefreshRequest>()

  const adapter: AxiosAdapter = async (config) => {
    const header = config.headers.get('Authorization')
    const token = typeof header === 'string' ? header.replace('Bearer ', '') : undefined
    const url = config.url ?? ''
    const refreshing = refreshes.get(url)
    const data = refreshing
      ? await refresh(refreshing, token)
      : await sendings.get(url)?.attempt(token)
    const status = (data as Answer | undefined)?.status ?? 200
    const response = { data, status, statusText: '', headers: {}, config, request: {} }
    if (config.validateStatus?.(status)) return response
    throw new AxiosError(`status ${status}`, AxiosError.ERR_BAD_REQUEST, config, {}, response)
  }

  const session: Session = createSession({
    ...sessionOptions(parts),
    refresh(request) {
      if (through === 'no') return refresh(request, undefined)
      const url = `/refresh/${refreshes.size + 1}`
      refreshes.set(url, request)
      const { signal } = request
      const post = (config: { signal?: AbortSignal }): Promise<TokenResponse> =>
        api.post<TokenResponse>(url, null, config).then((response) => response.data)
      return through === 'at once' ? post({}) : Promise.resolve().then(() => post({ signal }))
    },
  })

  const api = attachSession(axios.create({ baseURL: 'https://api.test', adapter }), session, {
    expired: ({ config, data }: AxiosResponse<Answer>) =>
      sendings.get(config.url ?? '')?.expired(data) === true,
  })

  return sessionSubject(session, (sending) => {
    const { id, kind, signal } = sending
    const url = `/${id}`
    sendings.set(url, sending)
    return api
      .get<Answer>(url, {
        ...(signal && { signal }),
        ...(kind === 'once only' && { session: { replay: false } }),
      })
      .then(
        (response) => response.data,
        (error: unknown) => {
          if (isCancel(error)) throw signal?.reason
          const response =
            error instanceof AxiosError
              ? (error.response as AxiosResponse<Answer> | undefined)
              : undefined
          if (response) return response.data
          throw error
        },
      )
  })
}
