import type { AxiosInstance, AxiosResponse, AxiosStatic, CreateAxiosDefaults } from 'axios'
import { isSessionError } from 'unexpired'
import type { attachSession as Attach } from 'unexpired/axios'
import type { MakeClient, NeutralAnswer } from '../contract/neutral-client.js'

/** A copy of axios, and the client that goes with it. */
export interface AxiosCopy {
  readonly axios: AxiosStatic
  readonly attachSession: typeof Attach
}

/** Makes clients for the contract: an axios instance with its usual settings, and a session attached. */
export function axiosClient(
  { axios, attachSession }: AxiosCopy,
  config: CreateAxiosDefaults,
  before: (origin: string) => void = () => undefined,
): MakeClient {
  return ({ session, origin, credential, origins }) => {
    before(origin)
    const { header, scheme, expiredCode } = credential
    const instance: AxiosInstance = axios.create({ ...config, baseURL: origin })
    attachSession(instance, session, {
      header,
      scheme,
      ...(expiredCode === undefined
        ? {}
        : { expired: ({ data }) => (data as { code?: number } | null)?.code === expiredCode }),
      ...(origins ? { origins } : {}),
    })
    return {
      async send({ method = 'GET', path, query, headers, body, signal, session: how }) {
        try {
          const response = await instance.request({
            method,
            url: path,
            ...(query ? { params: query } : {}),
            ...(headers ? { headers } : {}),
            ...(body === undefined ? {} : { data: body }),
            ...(signal ? { signal } : {}),
            ...(how === undefined ? {} : { session: how }),
          })
          return answerOf(response, response)
        } catch (error) {
          // What the session says is an error of axios' kind too; it is no answer.
          if (isSessionError(error)) throw error
          if (axios.isAxiosError(error) && error.response) return answerOf(error.response, error)
          throw error
        }
      },
    }
  }
}

function answerOf({ status, headers, data }: AxiosResponse<unknown>, raw: unknown): NeutralAnswer {
  return {
    status,
    headers: { get: (name) => String(headers[name.toLowerCase()] ?? '') || null },
    json: () => data,
    text: () => (typeof data === 'string' ? data : JSON.stringify(data)),
    raw,
  }
}
