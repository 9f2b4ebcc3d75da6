import { expect, onTestFinished, vi } from 'vitest'
import { createSession } from 'unexpired'
import type { Session, SessionOptions } from 'unexpired'
import { fakeClock, startTokenServer } from 'unexpired/testing'
import type {
  FakeClock,
  TokenServer,
  TokenServerOptions,
  TokenServerRequest,
} from 'unexpired/testing'
import type {
  ClientSetup,
  MakeClient,
  NeutralAnswer,
  NeutralClient,
  NeutralRequest,
} from './neutral-client.js'
import { stepMs } from './pace.js'
import type { Protocol, Refresh, SignedInTokens } from './protocols.js'

type SignedOut = Parameters<NonNullable<SessionOptions['onSignedOut']>>[0]

export interface StageOptions {
  readonly server?: TokenServerOptions
  readonly session?: Partial<SessionOptions>
  readonly client?: Partial<ClientSetup>
  /** Who signs in; `false`: nobody. @defaultValue 'ann' */
  readonly user?: string | false
  /** Given the stage, which is whole by the time that a refresh runs. */
  readonly refresh?: (stage: Stage) => Refresh
}

/** A server, a session signed in to it, and a client: what a test is about. */
export interface Stage {
  readonly protocol: Protocol
  readonly server: TokenServer
  readonly session: Session
  readonly client: NeutralClient
  readonly clock: FakeClock
  /** What `onSignedOut` was told. */
  readonly signedOut: SignedOut[]
  /** What was signed in with. */
  readonly tokens: SignedInTokens | undefined
  /** From now on refreshes wait, before they are sent, until the function that it returns is called. */
  holdRefresh(): () => void
  /** Whether one waits so. */
  isRefreshHeld(): boolean
  /** How many attempts the session knows to have been turned away. */
  turnedAway(): number
  /** Sends to a path of the API. */
  call(path?: string, more?: Partial<NeutralRequest>): Promise<NeutralAnswer>
  /** The API requests that the server received, in order; of one path, where it is named. */
  received(path?: string): readonly TokenServerRequest[]
}

/** A server that ends with its test, and fails it where orders were left unused. */
export async function start(options?: TokenServerOptions): Promise<TokenServer> {
  const server = await startTokenServer(options)
  onTestFinished(() => server.close())
  return server
}

/** Sets the stage. Time is the server's own for the server, and a fake clock's for the session. */
export async function enter(
  make: MakeClient,
  protocol: Protocol,
  options: StageOptions = {},
): Promise<Stage> {
  const server = await start(options.server)
  return enterAt(server, make, protocol, options)
}

/** Sets the stage at a server that stands already. */
export async function enterAt(
  server: TokenServer,
  make: MakeClient,
  protocol: Protocol,
  { session: more, client: setup, user = 'ann', refresh }: StageOptions = {},
): Promise<Stage> {
  const clock = fakeClock()
  const signedOut: SignedOut[] = []
  const { api, credential } = protocol
  let run: Refresh = protocol.refresh(server.url)
  let gate: Promise<void> | undefined
  let held = 0
  const session = createSession({
    clock,
    refresh(request) {
      if (!gate) return run(request)
      held += 1
      return gate.then(() => run(request))
    },
    onSignedOut: (event) => void signedOut.push(event),
    ...more,
  } as SessionOptions)
  onTestFinished(() => void session.close())
  const client = make({ session, origin: server.url, credential, ...setup })
  const tokens = user === false ? undefined : await protocol.signIn(server, user)
  if (tokens) await session.signIn(tokens)

  const stage: Stage = {
    protocol,
    server,
    session,
    client,
    clock,
    signedOut,
    tokens,
    holdRefresh() {
      let open = (): void => undefined
      gate = new Promise((resolve) => (open = resolve))
      return () => {
        gate = undefined
        held = 0
        open()
      }
    },
    isRefreshHeld: () => held > 0,
    turnedAway: () => session.explain().filter(({ type }) => type === 'turned-away').length,
    call: (path = '/thing', request) => client.send({ path: api + path, ...request }),
    received: (path) =>
      server.requests.filter(
        ({ kind, path: at }) => kind === 'api' && (path === undefined || at === api + path),
      ),
  }
  run = refresh?.(stage) ?? run
  return stage
}

/** So that each of several at one time is sent: of one URL, WebKit sends one XMLHttpRequest for all. */
export const ownUrl = (index: number): Partial<NeutralRequest> => ({ query: { n: String(index) } })

/** `count` of what `make` makes. */
export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** Waits, in real time, for what the server is about to see. */
export const until = (holds: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(holds()).toBe(true), { interval: 1, timeout: 5_000 })

/** Lets real I/O go on for a few milliseconds. */
export const breathe = (ms = 5): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Lets fake time run beside real I/O until the promise has settled. */
export async function whileTimeRuns<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let settled = false
  const done = (): void => void (settled = true)
  promise.then(done, done)
  while (!settled) {
    await clock.advance(stepMs)
    await breathe(1)
  }
  return promise
}

/** What a promise came to, so that rejections of many can be looked at together. */
export const outcome = <T>(promise: Promise<T>): Promise<{ value?: T; error?: unknown }> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )

/** What a promise was rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  const { error, ...rest } = await outcome(promise)
  if ('value' in rest) throw new Error('expected a rejection')
  return error
}
