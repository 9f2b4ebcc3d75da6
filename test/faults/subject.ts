import { createSession } from 'unexpired'
import type { MakeClient, NeutralClient } from '../contract/neutral-client.js'
import type { Pair } from './back-end.js'

/** What an app tells whoever refreshes for it. */
export interface AppParts {
  readonly origin: string
  /** How long one call of `refresh` is waited for. */
  readonly refreshTimeoutMs: number
  /** Sends through the client under test. */
  refresh(send: NeutralClient['send'], refreshToken: string, signal?: AbortSignal): Promise<Pair>
  onSignedOut(reason: string): void
  /** Tokens that have been seen in force. */
  onTokens(tokens: object): void
}

/** What is under test: a client with something that refreshes, ours or a naive one. */
export interface Subject extends NeutralClient {
  signIn(pair: Pair): Promise<void> | void
  /** How long it will not refresh again (milliseconds). */
  restsMs(): number
  /** How many refreshes it has begun, each of several tries; `undefined` where it does not say. */
  flights(): number | undefined
  /** What it lets anybody see, besides errors. */
  shown(): unknown
  close(): void
}

export type MakeSubject = (parts: AppParts) => Subject

const credential = { header: 'Authorization', scheme: 'Bearer' }

/** A session with one of its clients. */
export const sessionOf =
  (make: MakeClient): MakeSubject =>
  ({ origin, refreshTimeoutMs, refresh, onSignedOut, onTokens }) => {
    let restsUntil = 0
    let flights = 0
    const session = createSession({
      refresh: ({ refreshToken = '', signal }) => refresh(client.send, refreshToken, signal),
      refreshTimeoutMs,
      onSignedOut: ({ reason }) => onSignedOut(reason),
    })
    session.on('refresh-started', () => void (flights += 1))
    session.on('refresh-unavailable', ({ retryAfterMs }) => {
      restsUntil = performance.now() + retryAfterMs
    })
    session.subscribe(() => onTokens(session.tokens ?? {}))
    const client = make({ session, origin, credential })
    return {
      send: client.send,
      signIn: (pair) => session.signIn({ ...pair }),
      restsMs: () => Math.max(0, restsUntil - performance.now()),
      flights: () => flights,
      shown: () => [session.explain(), session, session.getSnapshot()],
      close: () => void session.close(),
    }
  }
