import axios, { AxiosError, CanceledError } from 'axios'
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { isSessionError } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import {
  AbortedError,
  LostError,
  answerOf,
  bodyOf,
  methodOf,
  origin,
  tokenIn,
  wireOf,
  type Answer,
  type Given,
  type Way,
  type WireBody,
} from './way.js'

type Config = InternalAxiosRequestConfig

/** As adapters do: what is not 2xx is an error. */
function handOver(config: Config, answer: Answer, isByBody: boolean): AxiosResponse {
  const { status, body: data } = wireOf(answer, isByBody)
  const response = { data, status, statusText: '', headers: {}, config } as AxiosResponse
  if (status === 200) return response
  const message = `Request failed with status code ${status}`
  throw new AxiosError(message, AxiosError.ERR_BAD_REQUEST, config, {}, response)
}

/** As adapters tell of what is no answer. */
function asTold(error: unknown, config: Config): Error {
  if (error instanceof AbortedError) {
    return new (CanceledError as unknown as new (message: undefined, config: Config) => Error)(
      undefined,
      config,
    )
  }
  return Object.assign(new AxiosError('Network Error', AxiosError.ERR_NETWORK, config), {
    cause: error,
  })
}

/** Whatever the app is handed, the token of its attempts is not on it. */
function expectBare(config: Config | undefined, header: string): void {
  if (config?.headers.has(header)) throw new Error('G40 a token is on what is handed over')
}

/** What the app makes of an error. */
function readError(error: unknown, given: Given, isByBody: boolean): Answer {
  const { signal, id } = given
  if (axios.isCancel(error)) throw (signal.reason as Error | undefined) ?? new AbortedError(id)
  if (!axios.isAxiosError(error)) throw error
  const { response, cause } = error
  const answer = response && answerOf(response.status, response.data as WireBody, isByBody)
  // Interceptors of others would not know it, were it not axios' own as well.
  if (isSessionError(error)) {
    if (answer) given.shows(answer)
    throw error as Error
  }
  if (answer) return answer
  throw cause instanceof LostError ? cause : error
}

/** An instance of axios with the session attached, and an adapter that sends over the simulated network. */
export const byAxios: Way = (session, isByBody) => {
  const header = isByBody ? 'X-Token' : 'Authorization'
  const scheme = isByBody ? '' : 'Bearer'
  const made = new Map<string, Given>()

  async function adapter(config: Config): Promise<AxiosResponse> {
    const { url = '', baseURL, method = '', data, headers } = config
    const given = made.get(url) as Given
    const token = headers.get(header)?.toString()
    const others = Object.entries(headers.toJSON())
      .filter(([name]) => name !== header)
      .map(([name, value]) => `${name}: ${String(value)}`)
    const body = (data as { sendOnce?: () => string } | undefined)?.sendOnce?.() ?? data ?? ''
    const sent = [method.toUpperCase(), `${baseURL}${url}`, ...others, body].join('\n')
    // As adapters do: it must not be there the second time.
    headers.set('X-Sent-Before', 'yes')
    let answer: Answer
    try {
      answer = await given.leave(tokenIn(token, scheme), sent)
    } catch (error) {
      throw asTold(error, config)
    }
    return handOver(config, answer, isByBody)
  }

  const api = axios.create({ baseURL: `${origin}/`, adapter })
  const isSlow = ({ url = '' }: Config): boolean => !!made.get(url)?.ready
  api.interceptors.request.use(
    async (config) => {
      await made.get(config.url ?? '')?.ready
      return config
    },
    undefined,
    { runWhen: isSlow },
  )
  attachSession(
    api,
    session,
    isByBody ? { header, scheme, expired: ({ data }) => (data as WireBody).code === 1234 } : {},
  )

  return async (given) => {
    const { id, shape, signal } = given
    made.set(id, given)
    const form = { id }
    let left = bodyOf(given)
    // Used up by sending it.
    const sendOnce = (): string => [left, (left = '')][0] as string
    const data =
      shape === 'get' ? undefined : shape === 'once' ? { pipe: sendOnce, sendOnce } : form
    const method = methodOf(given)
    const headers = { 'X-Id': id }
    const answered = api.request<WireBody>({ url: id, method, data, headers, signal })
    // It is sent as it was when it was given.
    form.id = headers['X-Id'] = 'changed since'
    try {
      const response = await answered
      expectBare(response.config, header)
      return answerOf(response.status, response.data, isByBody)
    } catch (error) {
      expectBare((error as Partial<AxiosError>).config, header)
      return readError(error, given, isByBody)
    }
  }
}
