export { createSession } from './core/session.js'
export type { Session, SessionSnapshot, SessionStatus } from './core/session-face.js'
export { createSessionPool } from './core/session-pool.js'
export type { SessionPool, SessionPoolOptions } from './core/session-pool.js'
export type {
  CookieSessionOptions,
  SessionOptions,
  SessionOptionsBase,
  TokenSessionOptions,
} from './core/options.js'
export type { RefreshRequest } from './core/flight.js'
export type { ResponseLike } from './core/refresh-answer.js'
export type { AuthorizeOptions, Outcome } from './core/port.js'
export type {
  Credential,
  CredentialHeaders,
  CredentialRequest,
  HeaderOptions,
  RequestTarget,
} from './core/credential.js'
export type { AbortSignalLike } from './core/aborts.js'
export type { Lease } from './core/lease.js'
export type { TokenLifetime } from './core/lifetime.js'
export type {
  CamelCaseTokens,
  CookieResponse,
  TokenEndpointAnswer,
  TokenResponse,
  Tokens,
} from './core/tokens.js'
export type { Awaitable, StoredSession, TokenStore } from './core/store.js'
export type { Clock } from './core/clock.js'
export {
  InvalidTokenResponseError,
  isSessionError,
  RefreshRefusedError,
  RefreshUnavailableError,
  SessionEndedError,
  SessionError,
} from './core/errors.js'
export type { AnySessionError, SessionEndReason, UnavailableReason } from './core/errors.js'
export type {
  AdoptedEvent,
  ClosedEvent,
  EventBase,
  ExpiredEvent,
  HeldEvent,
  RefreshedEvent,
  RefreshStartedEvent,
  RefreshTrigger,
  RefreshUnavailableEvent,
  ReleasedEvent,
  ReplayedEvent,
  SentEvent,
  SessionEvent,
  SessionEvents,
  SettledEvent,
  SignedInEvent,
  SignedOutEvent,
  StoreDegradedEvent,
  StoreFailedEvent,
  TurnedAwayEvent,
  TurnMissedEvent,
} from './core/events.js'
export { memoryStore } from './core/memory-store.js'
export { keyValueStore } from './stores/key-value-store.js'
export type { KeyValueStorage } from './stores/key-value-store.js'
