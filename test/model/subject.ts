import type { RefreshRequest, SignedOutEvent, TokenResponse, TokenStore, Tokens } from 'unexpired'
import type { ModelClock } from './model-clock.js'
import type { RequestKind, Scenario } from './scenario.js'

/** What the stub server answers to an attempt. */
export interface Answer {
  readonly status: 200 | 401
  readonly request: string
  readonly attempt: number
}

/** The stub network's own error. */
export class ModelNetworkError extends Error {}

/** What an aborted request must reject with: one for each request. */
export class ModelAbort extends Error {}

/** One request as its client sees it. */
export interface Sending {
  readonly id: string
  readonly kind: RequestKind
  readonly signal: AbortSignal | undefined
  /** Sends an attempt with this token, or with none. */
  attempt(accessToken: string | undefined): Promise<Answer>
  /** Whether the answer says expired; `undefined`: no answer, a network error. */
  expired(answer: Answer | undefined): boolean | Promise<boolean>
}

/** What a subject is made of. */
export interface SubjectParts {
  readonly store: TokenStore
  readonly clock: ModelClock
  readonly through: Scenario['refreshThroughClient']
  refresh(request: RefreshRequest, carries: Carries): Promise<TokenResponse>
  onSignedOut(event: Pick<SignedOutEvent, 'sessionId' | 'reason'>): void
}

/** What a refresh call that went through the client carried: it must be nothing. */
export type Carries = string | undefined

/** What is under test: a session with a client, real or naive. */
export interface Subject {
  readonly status: 'restoring' | 'signed-out' | 'active' | 'refreshing'
  readonly tokens: Tokens | undefined
  readonly sessionId: string | undefined
  readonly generation: number
  readonly ready: Promise<void>
  signIn(tokens: TokenResponse): Promise<void>
  adopt(tokens: TokenResponse): Promise<void>
  signOut(): Promise<void>
  refresh(): Promise<unknown>
  getAccessToken?(): Promise<string | undefined>
  /** Resolves with an answer of 401 too; rejects with `ModelAbort` of the request when aborted. */
  send(sending: Sending): Promise<Answer>
  close(): void
  /** Tells of refreshes, where the subject can. */
  watch?(listeners: {
    started(trigger: string): void
    unavailable(retryAfterMs: number): void
    turnMissed(): void
    changed(): void
  }): void
}

export type SubjectFactory = (parts: SubjectParts) => Subject
