import type { Session } from 'unexpired'

/** A request, said so that every client can be told. */
export interface NeutralRequest {
  /** @defaultValue 'GET' */
  readonly method?: string
  /** A path of the origin, or any other URL, as an app would write it. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** What the client's callers may give as a body. A plain object goes out as JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal
  readonly session?: false | { replay?: boolean }
}

/** An answer of whatever status, also where the client throws for some. */
export interface NeutralAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  json(): unknown
  text(): string
  /** What the client itself handed over or threw. */
  readonly raw: unknown
}

/** A client of a session, cut down to one method. */
export interface NeutralClient {
  /** Rejects as the client does, but not for a status. */
  send(request: NeutralRequest): Promise<NeutralAnswer>
}

/** How the credential goes onto requests, and how an answer says that it has expired. */
export interface Credential {
  readonly header: string
  readonly scheme: string
  /** The `code` of a JSON body that says so; without it, a 401 does. */
  readonly expiredCode?: number
}

export interface ClientSetup {
  readonly session: Session
  /** Who may see the token; paths of requests are joined to it. */
  readonly origin: string
  readonly credential: Credential
  /** Passed on to the client's own option. */
  readonly origins?: readonly string[]
}

export type MakeClient = (setup: ClientSetup) => NeutralClient

/** What a client cannot help. Everything else is the same for all. */
export interface Capabilities {
  /** Whether this is what the client's callers know as an abort. */
  isCancel(error: unknown): boolean
  /**
   * What becomes of a redirect to another origin: followed without the credential, refused where the
   * client has no way to take it off, or unseen, where the platform follows and tells nobody.
   */
  readonly redirects: {
    readonly authorization: 'followed' | 'unseen'
    readonly custom: 'followed' | 'refused' | 'unseen'
  }
  /** Whether requests that are sent in one order may arrive in another: a page asks leave for each. */
  readonly overtaking?: true
  /** Bodies that can be sent only once, by name; empty where the client takes none. */
  readonly streams: Readonly<Record<string, () => unknown>>
}
