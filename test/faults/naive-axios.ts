import axios from 'axios'
import type { AxiosInstance } from 'axios'
import type { Attach } from '../axios/naive/client.js'
import type { NeutralClient } from '../contract/neutral-client.js'
import type { MakeSubject } from './subject.js'

const sender =
  (instance: AxiosInstance): NeutralClient['send'] =>
  async ({ method = 'GET', path, query, body, signal }) => {
    let raw: unknown
    const { status, data } = await instance
      .request<unknown>({
        method,
        url: path,
        ...(query && { params: query }),
        ...(body === undefined ? {} : { data: body }),
        ...(signal && { signal }),
      })
      .catch((error: unknown) => {
        raw = error
        if (axios.isAxiosError(error) && error.response) return error.response
        throw error
      })
    const text = (): string => (typeof data === 'string' ? data : JSON.stringify(data ?? ''))
    return { status, headers: new Headers(), json: () => data, text, raw }
  }

/** An instance with interceptors as people write them, behind the face of what is under test. */
export const naiveAxios =
  (attach: Attach): MakeSubject =>
  ({ origin, refresh, onSignedOut }) => {
    const config = { baseURL: origin, adapter: 'http' }
    const api = axios.create(config)
    const bare = sender(axios.create(config))
    const client = attach(api, {
      refresh: (refreshToken) => refresh(bare, refreshToken),
      onSignedOut: () => onSignedOut('refused'),
    })
    return {
      send: sender(api),
      signIn: ({ accessToken, refreshToken }) => client.signIn({ accessToken, refreshToken }),
      restsMs: () => 0,
      flights: () => undefined,
      shown: () => undefined,
      close: () => undefined,
    }
  }
