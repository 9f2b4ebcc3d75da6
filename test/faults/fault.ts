import type { RawAnswer } from './wire.js'

/** One request on its way through the proxy, and what a fault can do with it. */
export interface Exchange {
  /** Has the server process the request; resolves with its answer. */
  ask(): Promise<RawAnswer>
  /** Resolves when the bytes have left. */
  write(bytes: Buffer | string): Promise<void>
  /** Sends what is given, and says that nothing more will come. */
  end(bytes?: Buffer | string): void
  /** Cuts the connection with a reset. */
  reset(): void
  /** Resolves early when the connection is gone. */
  pause(ms: number): Promise<void>
  isGone(): boolean
}

/**
 * What a client gets of an exchange that a fault has met.
 *
 * - `'error'`: no answer, or not a whole one, and the connection is cut
 * - `'answer'`: that of the server, whole, perhaps late
 * - `'silence'`: no answer, or not a whole one, for as long as anybody waits
 * - `'bad gateway'`: 502 with the page of a proxy
 * - `'portal'`: 200 with the page of a proxy
 */
export type Gives = 'error' | 'answer' | 'silence' | 'bad gateway' | 'portal'

export interface Fault {
  /** Goes on from "a connection that". */
  readonly name: string
  readonly gives: Gives
  /** The server has done its work: a refresh token is spent. */
  readonly isProcessed: boolean
  /** Status line and headers come whole, and then not the whole body. */
  readonly showsStatus?: true
  /** It meets only who comes on a connection that was used before. */
  readonly needsUsed?: true
  /** Nobody is told that the connection is over: whoever uses it next may find out so. */
  readonly leavesClosed?: true
  /** Before the proxy knows which request it will be; or what it does with one. */
  readonly act: 'refuse' | 'reset at once' | ((exchange: Exchange) => Promise<void> | void)
}
