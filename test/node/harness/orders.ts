import type { SessionEvent, SessionOptions, SessionSnapshot } from 'unexpired'
import type { RedisStoreOptions } from 'unexpired/redis'

import type { mistakes } from '../../canary/mistakes.js'

/** Where a worker keeps its sessions. `{user}` in a path or key stands for the user. */
export type Place =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'redis'
      readonly library: 'ioredis' | 'node-redis'
      readonly url: string
      /** @defaultValue '{user}' */
      readonly key?: string
      readonly options?: Pick<RedisStoreOptions, 'prefix' | 'leaseMs' | 'timeoutMs'>
    }

/** Which locks a worker can have: as if the packages of the others were not installed. */
export type Locks = 'kernel' | 'lockfile' | 'none'

/** What a worker is told at its start, as JSON. */
export interface WorkerSettings {
  /** The token server. */
  readonly url: string
  readonly place: Place
  readonly session?: Pick<SessionOptions, 'refreshAheadMs' | 'refreshLeewayMs' | 'refreshTimeoutMs'>
}

/**
 * The steps of a refresh at which a worker can be held, in their order. Those that begin with `file:`
 * are of the file store alone.
 *
 * - `in-turn`: the turn has come, nothing is read
 * - `reloaded`: the store has been read
 * - `refreshing`: the refresh function was called, nothing is sent
 * - `sent`: the request is on its way; that the server has it can be seen there
 * - `rotated`: the server has rotated, its answer has not been read
 * - `answered`: the answer is read, the session does not know it
 * - `committing`: the store is about to be told
 * - `file:opened`, `file:written`, `file:synced`: so far is the temporary file
 * - `file:renamed`: it is the file
 * - `committed`: the store said that it has it, and the turn is not over
 */
export type Step =
  | 'in-turn'
  | 'reloaded'
  | 'refreshing'
  | 'sent'
  | 'rotated'
  | 'answered'
  | 'committing'
  | 'file:opened'
  | 'file:written'
  | 'file:synced'
  | 'file:renamed'
  | 'committed'

/** How one request ended: an answer, or an error. */
export interface Outcome {
  readonly status?: number
  readonly user?: string
  readonly generation?: number
  /** The code of an error of ours, else its name. */
  readonly error?: string
  readonly reason?: string
}

export interface SignOut {
  readonly reason: string
  readonly sessionId: string | undefined
}

/** Where a worker can show a text, for tests of the canary. */
export type Shown = keyof typeof mistakes | 'output' | 'file'

/** What a worker does when it is told. Sessions are made when their user is first named. */
export interface Orders {
  /** Makes the session, and resolves when it has read its store. */
  ready(user: string): Promise<void>
  /** Signs in at the server, and then here. */
  signIn(user: string): Promise<void>
  signOut(user: string): Promise<void>
  /** Requests, all at once, for one user or for each of several; how they ended, in their order. */
  send(user: string | readonly string[], count: number, path?: string): Promise<readonly Outcome[]>
  /** Like `send`, but resolves once they are begun; `settled` gives how they ended. */
  begin(user: string | readonly string[], count: number, path?: string): Promise<void>
  /** How the requests ended that were begun since it was last called. Waits for all of them. */
  settled(): Promise<readonly Outcome[]>
  status(user: string): Promise<SessionSnapshot>
  /** All events of a user's session so far, of one type or of all. */
  events(user: string, type?: SessionEvent['type']): Promise<readonly SessionEvent[]>
  /** How many events there were so far, by type, over all users. */
  counts(): Promise<Readonly<Partial<Record<SessionEvent['type'], number>>>>
  /** What `onSignedOut` was told so far, over all users. */
  signedOut(): Promise<readonly SignOut[]>
  /** Puts the clocks of all sessions forward, as if the machine had slept. */
  sleep(ms: number): Promise<void>
  /** Closes a user's session; the next order for them makes another. */
  close(user: string): Promise<void>
  chdir(path: string): Promise<void>
  umask(umask: number): Promise<void>
  /** Gives up being root, for somebody whom modes of files concern. */
  become(uid: number): Promise<void>
  /** Ends what keeps the process alive, but for what the sessions do. */
  leave(): Promise<void>
  /** From now on each turn that begins is told to the parent. */
  tellTurns(): Promise<void>
  /** Shows it there, as the package would by mistake. */
  show(where: Shown, text: string): Promise<void>
  /** The next refresh, of this user where one is named, waits at this step. */
  holdAt(step: Step, user?: string): Promise<void>
  /** Who is held goes on. */
  goOn(): Promise<void>
}

/** What goes to a worker. */
export interface Order {
  readonly id: number
  readonly name: keyof Orders
  readonly args: readonly unknown[]
}

/** What comes from a worker. */
export type Report =
  | { readonly is: 'started' }
  | { readonly is: 'done'; readonly id: number; readonly value?: unknown }
  | { readonly is: 'failed'; readonly id: number; readonly message: string }
  /** Of the canary: `test/canary/in-process.ts`. */
  | { readonly is: 'leak'; readonly message: string }
  /** It is held there. */
  | { readonly is: 'held'; readonly step: Step; readonly user: string }
  /** Its turn has come; only after `tellTurns`. */
  | { readonly is: 'turn'; readonly user: string }
