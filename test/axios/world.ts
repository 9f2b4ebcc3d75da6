import axios from 'axios'
import type { AxiosInstance, CreateAxiosDefaults } from 'axios'
import type { TokenServer, TokenServerOptions } from 'unexpired/testing'
import { bearer } from '../contract/protocols.js'
import { breathe, start } from '../contract/stage.js'
import { ours } from './naive/client.js'
import type { Attach, Hooks, Pair, TokenClient } from './naive/client.js'

/** A server, an axios instance, and a client for tokens of whichever make. */
export interface World {
  readonly server: TokenServer
  readonly api: AxiosInstance
  readonly client: TokenClient
  /** How often the app was told that the session is over. */
  signOuts(): number
  signIn(user: string): Promise<Pair>
}

export interface WorldOptions {
  readonly server?: TokenServerOptions
  readonly config?: CreateAxiosDefaults
  readonly hooks?: (server: TokenServer) => Partial<Hooks>
  readonly user?: string
}

const refreshAt =
  (server: TokenServer) =>
  async (refreshToken: string): Promise<Pair> => {
    const { data } = await axios.post<Pair>(`${server.url}/auth/refresh`, { refreshToken })
    return data
  }

export async function world(attach: Attach, options: WorldOptions = {}): Promise<World> {
  const server = await start({ announceLifetime: false, ...options.server })
  const api = axios.create({ baseURL: `${server.url}/api`, ...options.config })
  let signOuts = 0
  const client = attach(api, {
    refresh: refreshAt(server),
    onSignedOut: () => void (signOuts += 1),
    ...options.hooks?.(server),
  })
  const signIn = async (user: string): Promise<Pair> => {
    const pair = (await bearer.signIn(server, user)) as unknown as Pair
    await client.signIn(pair)
    return pair
  }
  await signIn(options.user ?? 'ann')
  return { server, api, client, signOuts: () => signOuts, signIn }
}

/** How long a request may take before it is said to hang, in milliseconds. */
const patienceMs = { naive: 300, ours: 5_000 }

/** Longer for ours: nobody must doubt what is said of the others. */
export const patienceWith = (attach: Attach): number =>
  attach === ours ? patienceMs.ours : patienceMs.naive

/** A word for how a request ended, or that it has not. */
export async function endOf(
  call: Promise<{ status: number }>,
  patience = patienceMs.ours,
): Promise<string> {
  const ended = call.then(
    ({ status }) => String(status),
    (error: unknown) => {
      const { response, code, name } = error as {
        response?: { status: number }
        code?: string
        name: string
      }
      if (axios.isCancel(error)) return 'cancelled'
      return name.startsWith('Axios') ? String(response?.status ?? code) : name
    },
  )
  return Promise.race([ended, breathe(patience).then(() => 'hangs')])
}

export const endsOf = (
  calls: readonly Promise<{ status: number }>[],
  patience?: number,
): Promise<string[]> => Promise.all(calls.map((call) => endOf(call, patience)))
