import { createSession } from 'unexpired'
import type { Session, SessionOptions } from 'unexpired'
import { createFetch, type FetchSessionOptions, type SessionFetch } from 'unexpired/fetch'
import { fakeClock, type FakeClock } from 'unexpired/testing'
import { onTestFinished } from 'vitest'
import type { SignedInTokens } from '../../contract/protocols.js'
import type { BackEnd } from './back-end.js'
import type { Dialect } from './graphql-server.js'

type SignedOut = Parameters<NonNullable<SessionOptions['onSignedOut']>>[0]

/** An API, and a session signed in to it. */
export interface Stage<B extends BackEnd> {
  readonly backEnd: B
  readonly session: Session
  readonly clock: FakeClock
  /** What `onSignedOut` was told. */
  readonly signedOut: readonly SignedOut[]
  /** What every client is given. */
  readonly fetch: SessionFetch
  /** From now on refreshes wait, before they are sent, until the function that it returns is called. */
  holdRefresh(): () => void
  isRefreshHeld(): boolean
  /** How many attempts the session knows to have been turned away. */
  turnedAway(): number
}

/** Sets the stage. Time is the server's own for the server, and a fake clock's for the session. */
export async function enter<B extends BackEnd>(
  backEnd: B,
  options?: FetchSessionOptions,
  user: string | false = 'ada',
): Promise<Stage<B>> {
  const clock = fakeClock()
  const signedOut: SignedOut[] = []
  let gate: Promise<void> | undefined
  let held = 0
  const session = createSession({
    clock,
    async refresh({ refreshToken, signal }) {
      if (gate) held += 1
      await gate
      return post(`${backEnd.url}/auth/refresh`, { refreshToken }, signal)
    },
    onSignedOut: (event) => void signedOut.push(event),
  })
  onTestFinished(() => void session.close())
  if (user) await session.signIn(await signInAt(backEnd, user))
  return {
    backEnd,
    session,
    clock,
    signedOut,
    fetch: createFetch(session, { origins: [backEnd.url], ...options }),
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
  }
}

const post = (url: string, body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })

/** What a sign-in yields. */
export async function signInAt({ url }: BackEnd, username: string): Promise<SignedInTokens> {
  const answer = await post(`${url}/auth/login`, { username })
  return (await answer.json()) as SignedInTokens
}

interface GraphqlAnswer {
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

/** What tells `createFetch` that a token has expired, in each dialect. */
export const optionsFor: Readonly<Record<Dialect, FetchSessionOptions>> = {
  '401': {},
  UNAUTHENTICATED: {
    expired: async (response) =>
      ((await response.json()) as GraphqlAnswer).errors?.some(
        (each) => each.extensions?.code === 'UNAUTHENTICATED',
      ) ?? false,
  },
}
