import { onTestFinished } from 'vitest'
import { createSession } from 'unexpired'
import type { Session, SessionOptions } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import type { FetchSessionOptions, SessionFetch } from 'unexpired/fetch'
import type { TokenServerOptions } from 'unexpired/testing'
import { bearer, xToken } from '../contract/protocols.js'
import type { Protocol, Refresh } from '../contract/protocols.js'
import { enter, until } from '../contract/stage.js'
import type { Stage } from '../contract/stage.js'
import { serve, turnsAwayTheFirst } from './server.js'
import type { Answer, Received, Server } from './server.js'

/** How a session is put into a fetch; there are others than ours. */
export type MakeFetch = (session: Session, options?: FetchSessionOptions) => SessionFetch

export interface SceneOptions {
  readonly protocol?: Protocol
  readonly server?: TokenServerOptions
  readonly session?: Partial<SessionOptions>
  readonly refresh?: (stage: Stage) => Refresh
  readonly user?: string | false
  readonly fetch?: FetchSessionOptions
}

/** A stage with a fetch in the middle. */
export interface Scene extends Stage {
  readonly api: SessionFetch
  /** The URL of a path of the API. */
  at(path: string): string
}

/** How a token goes out as X-Token. */
const xTokenOptions: FetchSessionOptions = {
  header: 'X-Token',
  scheme: '',
  expired: async (response) => ((await response.json()) as { code?: number } | null)?.code === 1234,
}

/** The two ways to send a token; the second is one that the platform knows nothing of. */
export const carriers: Readonly<Record<string, FetchSessionOptions>> = {
  Authorization: {},
  'X-Token': { header: 'X-Token', scheme: '' },
}

/** A real token server, with a fake clock for the session. */
export async function scene(options: SceneOptions = {}): Promise<Scene> {
  const { protocol = bearer, fetch: given, ...more } = options
  let api: SessionFetch | undefined
  const stage = await enter(
    ({ session, origin }) => {
      api = createFetch(session, {
        origins: [origin],
        ...(protocol === xToken ? xTokenOptions : {}),
        ...given,
      })
      return { send: () => Promise.reject(new Error('these tests speak to the fetch itself')) }
    },
    protocol,
    more,
  )
  if (!api) throw new Error('no fetch was made')
  return { ...stage, api, at: (path) => stage.server.url + protocol.api + path }
}

export interface SignedIn {
  readonly session: Session
  readonly api: SessionFetch
  refreshes(): number
}

export interface SignedInOptions extends FetchSessionOptions {
  readonly make?: MakeFetch
  /** Is called before the refresh is granted. */
  readonly refreshing?: () => unknown
  readonly session?: Partial<SessionOptions>
}

/** A session with the token `first`, which is refreshed to `second`, `third` and so on. */
export async function signedIn(options: SignedInOptions = {}): Promise<SignedIn> {
  const { make = createFetch, refreshing, session: more, ...given } = options
  let refreshes = 0
  const session = createSession({
    refresh: async () => {
      refreshes += 1
      await refreshing?.()
      return { accessToken: ['first', 'second', 'third'][refreshes] ?? `${refreshes + 1}th` }
    },
    ...more,
  } as SessionOptions)
  onTestFinished(() => void session.close())
  await session.signIn({ accessToken: 'first' })
  return { session, api: make(session, given), refreshes: () => refreshes }
}

export interface World extends SignedIn {
  readonly server: Server
  readonly url: string
}

/** Signed in at a server of one's own. */
export async function world(
  answer: Answer = turnsAwayTheFirst,
  options: SignedInOptions = {},
): Promise<World> {
  const server = await serve(answer)
  const { url } = server
  return { ...(await signedIn({ origins: [url], ...options })), server, url }
}

/** A refresh that waits until it is let go. */
export function gate(): { wait: () => Promise<void>; open: () => void; waiting: () => number } {
  let open = (): void => undefined
  let waiting = 0
  const opened = new Promise<void>((resolve) => (open = resolve))
  const wait = (): Promise<void> => {
    waiting += 1
    return opened
  }
  return { wait, open: () => open(), waiting: () => waiting }
}

export interface HoldingWorld extends World {
  /** Lets the refresh go. */
  open(): Promise<void>
  /** What came to a path. */
  sent(path: string): readonly Received[]
}

/** A world in which a refresh is under way, so that whatever is sent now is held. */
export async function holdingWorld(options: SignedInOptions = {}): Promise<HoldingWorld> {
  const { wait, open, waiting } = gate()
  const all = await world(turnsAwayTheFirst, { ...options, refreshing: wait })
  const { api, url, server } = all
  const opener = api(`${url}/opener`).catch(() => undefined)
  await until(() => waiting() > 0)
  return {
    ...all,
    async open() {
      open()
      await opener
    },
    sent: (path) => server.requests.filter((request) => request.url === path),
  }
}

export { xToken }
