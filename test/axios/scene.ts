import axios from 'axios'
import type { AxiosInstance, AxiosResponse, CreateAxiosDefaults } from 'axios'
import type { Session, SessionOptions } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import type { AxiosSessionOptions } from 'unexpired/axios'
import type { EchoedRequest, TokenServerOptions } from 'unexpired/testing'
import { bearer, xToken } from '../contract/protocols.js'
import type { Protocol, Refresh } from '../contract/protocols.js'
import { enter } from '../contract/stage.js'
import type { Stage } from '../contract/stage.js'

export interface SceneOptions {
  readonly protocol?: Protocol
  readonly server?: TokenServerOptions
  readonly session?: Partial<SessionOptions>
  readonly refresh?: (stage: Stage) => Refresh
  readonly user?: string | false
  /** Over `baseURL`, which is the root of the API. */
  readonly config?: CreateAxiosDefaults
  readonly attach?: AxiosSessionOptions
  /** Is given the instance before the session is attached. */
  before?(api: AxiosInstance, session: Session): void
}

/** A stage with an axios instance in the middle. */
export interface Scene extends Stage {
  readonly api: AxiosInstance
}

/** How a session is attached for X-Token. */
export const xTokenOptions: AxiosSessionOptions = {
  header: 'X-Token',
  scheme: '',
  expired: ({ data }) => (data as { code?: number } | undefined)?.code === 1234,
}

/** Which adapters Node has. */
export const nodeAdapters = ['http', 'fetch'] as const

export async function scene(options: SceneOptions = {}): Promise<Scene> {
  const { protocol = bearer, config, attach, before, ...more } = options
  let api: AxiosInstance | undefined
  const stage = await enter(
    ({ session, origin }) => {
      api = axios.create({ baseURL: origin + protocol.api, ...config })
      before?.(api, session)
      attachSession(api, session, { ...(protocol === xToken ? xTokenOptions : {}), ...attach })
      return { send: () => Promise.reject(new Error('these tests speak to axios itself')) }
    },
    protocol,
    more,
  )
  if (!api) throw new Error('no instance was made')
  return { ...stage, api }
}

/** What the Bearer API says that it received. */
export const echoOf = (response: AxiosResponse<unknown>): EchoedRequest =>
  response.data as EchoedRequest

export { bearer, xToken }
