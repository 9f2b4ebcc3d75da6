import axios from 'axios'
import { createSession, keyValueStore } from 'unexpired'
import type { RefreshRequest, TokenStore } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { browserStore } from 'unexpired/browser'
import { createFetch } from 'unexpired/fetch'
import type { Client, ClientName, OpenOptions, Outcome, Send, SignOut } from './lab.js'

interface Echo {
  readonly user?: string
  readonly generation?: number
}

function storeOf({ key = 'auth', store = 'browser', mirror = false }: OpenOptions): TokenStore {
  if (store === 'key-value') return keyValueStore(() => localStorage, key)
  return browserStore(key, mirror ? { mirror: () => localStorage } : {})
}

async function refreshByFetch({ refreshToken, signal }: RefreshRequest): Promise<Response> {
  return fetch('/auth/refresh', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ refreshToken }),
    signal,
  })
}

const refreshByAxios =
  (adapter: 'xhr' | 'fetch') =>
  async ({ refreshToken, signal }: RefreshRequest) => {
    const { data } = await axios.post<{ accessToken: string }>(
      '/auth/refresh',
      { refreshToken },
      { signal, adapter },
    )
    return data
  }

const adapters = { 'axios-xhr': 'xhr', 'axios-fetch': 'fetch' } as const

export function makeClient(options: OpenOptions, signedOut: SignOut[]): Client {
  const { client = 'fetch' } = options
  const session = createSession({
    ...options.session,
    store: storeOf(options),
    refresh: client === 'fetch' ? refreshByFetch : refreshByAxios(adapters[client]),
    onSignedOut: ({ reason, sessionId }) => void signedOut.push({ reason, sessionId }),
  })
  return { session, send: settling(sender(client, session)) }
}

function sender(client: ClientName, session: Client['session']): Send {
  if (client === 'fetch') {
    const sessionFetch = createFetch(session)
    return async (path) => {
      const answer = await sessionFetch(`/api${path}`)
      return shown(answer.status, await answer.json())
    }
  }
  const api = attachSession(
    axios.create({ baseURL: '/api', adapter: adapters[client], validateStatus: null }),
    session,
  )
  return async (path) => {
    const { status, data } = await api.get<unknown>(path)
    return shown(status, data)
  }
}

function shown(status: number, body: unknown): Outcome {
  const { user, generation } = Object(body) as Echo
  return {
    status,
    ...(user === undefined ? {} : { user }),
    ...(generation === undefined ? {} : { generation }),
  }
}

/** Errors become outcomes, so that no request that is kept for later is a rejection meanwhile. */
const settling =
  (send: Send): Send =>
  (path) =>
    send(path).catch((thrown: unknown) => {
      const { code, name, reason } = Object(thrown) as Record<string, unknown>
      return {
        error: String(code ?? name ?? thrown),
        ...(typeof reason === 'string' ? { reason } : {}),
      }
    })
