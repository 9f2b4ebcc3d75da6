import type { IncomingHttpHeaders } from 'node:http'

import type { Refusal, TokenForm } from './families.js'

/** What a request wants: `'other'` is neither about tokens nor an API request. */
export type RequestKind = 'api' | 'refresh' | 'sign-in' | 'sign-out' | 'other'

export interface ReceivedRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What goes back. At most one of `json`, `text` and `chunks`. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly json?: unknown
  readonly text?: string
  /** Sent one by one, without a length. */
  readonly chunks?: readonly string[]
}

/** What a granting answer carries. Nonsense leaves things out. */
export interface GrantedTokens {
  readonly accessToken: string | undefined
  readonly expiresIn: number | string | undefined
  readonly refreshToken?: string
  /** Whether this refresh token replaces the one that was sent. */
  readonly rotated?: boolean
}

/** How one protocol says yes and no where tokens are had. */
export interface TokenDialect {
  readonly form: TokenForm
  granted(tokens: GrantedTokens, request: 'sign-in' | 'refresh'): Answer
  refused(refusal: Refusal['refused']): Answer
}

/** How one protocol says yes and no where tokens are spent. */
export interface ApiDialect {
  served(echo: unknown): Answer
  turnedAway(sent: string | undefined): Answer
}

/** What a request turned out to be. */
export type Route =
  | { readonly kind: 'sign-in'; readonly dialect: TokenDialect; readonly user: string }
  | { readonly kind: 'refresh'; readonly dialect: TokenDialect; readonly token: string | undefined }
  | { readonly kind: 'sign-out'; readonly answer: Answer; readonly token: string | undefined }
  | {
      readonly kind: 'api'
      readonly dialect: ApiDialect
      readonly token: string | undefined
      /** The path behind the prefix, such as `/orders`. */
      readonly resource: string
    }
  | { readonly kind: 'other'; readonly answer: Answer }

/** A protocol answers what is its own, and `undefined` to the rest. */
export type Protocol = (request: ReceivedRequest) => Route | undefined

export const refusals: Readonly<Record<Refusal['refused'], string>> = {
  missing: 'No refresh token was sent',
  unknown: 'This refresh token was never issued here',
  spent: 'This refresh token was used before, so its family is revoked',
  revoked: 'The family of this refresh token is revoked',
  ordered: 'Refused by order',
}

export const invalidRequest = (description: string): Answer => ({
  status: 400,
  json: { error: 'invalid_request', error_description: description },
})

/** The path behind `prefix`, or `undefined` where the request is not below it. */
export function below(prefix: string, path: string): string | undefined {
  return path === prefix || path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined
}

export const isForm = (request: ReceivedRequest): boolean =>
  request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false

/** A text field of the body, be it a form or JSON. */
export function field(request: ReceivedRequest, name: string): string | undefined {
  if (isForm(request)) return new URLSearchParams(request.body).get(name) ?? undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(request.body)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const value: unknown = Reflect.get(parsed, name)
  return typeof value === 'string' ? value : undefined
}
