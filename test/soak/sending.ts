import type { Session } from 'unexpired'

/** One request, as each client gets it. */
export interface SoakRequest {
  readonly method: string
  /** Below the origin, with the query. */
  readonly path: string
  /** Text of JSON. */
  readonly body: string | undefined
  readonly signal: AbortSignal | undefined
}

export interface SoakAnswer {
  readonly status: number
  /** What the JSON says. */
  readonly body: unknown
}

/** Sends through one client, and rejects with what the client rejects with where there was no answer. */
export type Send = (request: SoakRequest) => Promise<SoakAnswer>

/** The clients of one session at one server, by name. */
export type MakeClients = (session: Session, origin: string) => Readonly<Record<string, Send>>
