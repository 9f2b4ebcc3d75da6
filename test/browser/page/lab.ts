import type { Session, SessionOptions, SessionSnapshot } from 'unexpired'

import type { Shown } from './show.js'

/** How a lab sends its requests. */
export type ClientName = 'axios-xhr' | 'axios-fetch' | 'fetch'

export type WorkerKind = 'dedicated' | 'shared'

export interface OpenOptions {
  /** The store's. @defaultValue the page's `?key=`, else 'auth' */
  readonly key?: string
  /** @defaultValue 'fetch' */
  readonly client?: ClientName
  /** @defaultValue 'browser' */
  readonly store?: 'browser' | 'key-value'
  /** Moves what `keyValueStore` kept in localStorage, as docs/browser.md says. @defaultValue false */
  readonly moving?: boolean
  /** A copy in localStorage beside the browser store. @defaultValue false */
  readonly mirror?: boolean
  readonly session?: Pick<SessionOptions, 'refreshAheadMs' | 'refreshLeewayMs' | 'refreshTimeoutMs'>
}

/** How one request ended: an answer, or an error. */
export interface Outcome {
  readonly status?: number
  readonly user?: string
  readonly generation?: number
  /** The code of an error of ours or of axios, else its name. */
  readonly error?: string
  readonly reason?: string
}

/** What `onSignedOut` was told. */
export interface SignOut {
  readonly reason: string
  readonly sessionId: string | undefined
}

/** An entry of `session.explain()`, as JSON. */
export interface LabEvent {
  readonly type: string
  readonly at: number
  readonly generation: number
  readonly [more: string]: unknown
}

export interface Unsettled {
  /** Armed, and nobody has said `go`. */
  readonly armed: number
  /** Sent, and not settled. */
  readonly sent: number
  readonly status: SessionSnapshot
  readonly events: readonly LabEvent[]
}

/** What a test can have done in a page or a worker. All that goes in and out is JSON. */
export interface Lab {
  /** Makes a session and a client; closes those from before. */
  open(options?: OpenOptions): Promise<void>
  /** Resolves when the session has read its store. */
  ready(): Promise<void>
  /** Signs in at the server, and then here. */
  signIn(user: string): Promise<void>
  signOut(): Promise<void>
  status(): Promise<SessionSnapshot>
  /** What the session explains. */
  events(): Promise<readonly LabEvent[]>
  /** What `onSignedOut` was told since `open`. */
  signedOut(): Promise<readonly SignOut[]>
  /** Which parts the store said are missing, since `open`, one entry for each event. */
  missing(): Promise<readonly string[]>
  refresh(): Promise<{ readonly generation: number }>
  /** Starts requests to a path of the API, and keeps them for `settled`. */
  send(count: number, path?: string): Promise<void>
  /** The same, but they start when any tab says `go`; a hidden tab is not late to that. */
  armed(count: number, path?: string): Promise<void>
  /** Fires what is armed, here and in all other tabs and workers of the origin. */
  go(): Promise<void>
  /** How the requests ended that were sent since it was last called. Waits for all of them. */
  settled(): Promise<readonly Outcome[]>
  /** What `settled` waits for, and what the session told last: for who waits in vain. */
  unsettled(): Promise<Unsettled>
  /** Shows a text there, as the package would by mistake. */
  show(where: Shown, text: string): Promise<void>
  /** Calls the lab of a worker beside this page. Shared workers are shared by all tabs. */
  worker(
    kind: WorkerKind,
    method: Exclude<LabMethod, 'worker'>,
    ...args: unknown[]
  ): Promise<unknown>
}

export type LabMethod = keyof Lab

/** Sends one request to a path below /api. */
export type Send = (path: string) => Promise<Outcome>

export interface Client {
  readonly session: Session
  readonly send: Send
}
