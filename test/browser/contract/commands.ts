import type { TokenServerCounts, TokenServerOptions, TokenServerRequest } from 'unexpired/testing'
import type { RecordedRequest } from '../../contract/recorder-server.js'

/** What a page asks of the servers that run for it elsewhere, and what comes back. */
export interface Commands {
  startTokenServer(options: TokenServerOptions): Started
  startRecorder(): Started
  counts(id: number): TokenServerCounts
  requests(id: number): readonly TokenServerRequest[]
  order(id: number, name: string, ...args: readonly unknown[]): unknown
  resetCounts(id: number): void
  assertOrdersUsed(id: number): void
  recorded(id: number): readonly RecordedRequest[]
  close(id: number): void
}

export interface Started {
  readonly id: number
  readonly url: string
}

/** A command on its way: its name, and what it is given. */
export type Command = readonly [name: keyof Commands, ...args: readonly unknown[]]

/** How it went. */
export type Answer = { readonly value?: unknown } | { readonly error: string }

/** What became of one test in the page. */
export interface PageResult {
  /** Where it stands: the names of its suites, and its own. */
  readonly path: readonly string[]
  readonly errors: readonly PageError[]
}

export interface PageError {
  readonly name: string
  readonly message: string
  readonly stack: string
  /** Between what was and what was to be. */
  readonly diff?: string | undefined
}

/** What a lane of the page has to say, in its order. */
export type News =
  | { readonly kind: 'result'; readonly result: PageResult }
  /** All tests that the page knows, whether they are to run or not. */
  | { readonly kind: 'known'; readonly paths: readonly (readonly string[])[] }
  /** This lane has run all that fell to it. */
  | { readonly kind: 'finished' }
  /** An error outside of any test. */
  | { readonly kind: 'trouble'; readonly error: PageError }

/** JSON has no `Infinity`, and orders are given for ever. */
const forEver = { 'for ever': true }

export const encode = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    each === Number.POSITIVE_INFINITY ? forEver : each,
  )

export const decode = (text: string): unknown =>
  JSON.parse(text, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && 'for ever' in each
      ? Number.POSITIVE_INFINITY
      : each,
  )
