import type { SignedOutEvent, TokenStore } from 'unexpired'

/** What an app with a session brings along. */
export interface SessionParts {
  /** The address of a path on the server. */
  url(path: string): string
  /** Who may see the tokens. */
  readonly origins: readonly string[]
  readonly store: TokenStore
  readonly refreshTimeoutMs: number
  onSignedOut(event: SignedOutEvent): void
}
