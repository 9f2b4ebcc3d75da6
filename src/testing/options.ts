/**
 * What becomes of a refresh token that was used.
 *
 * - `'strict'`: it is spent. Used once more, it revokes its whole family, the new tokens too.
 * - `{ graceMs }`: it is spent, but for `graceMs` milliseconds after its first use it yields further
 *   good tokens. Later it is treated as in `'strict'`.
 * - `'none'`: it can be used for ever. `POST /oauth/token` then leaves `refresh_token` out of its
 *   answer to a refresh; `POST /auth/refresh` repeats the one that was sent.
 *
 * @see RFC 9700 §4.14.2
 * @see RFC 6749 §6
 */
export type Rotation = 'strict' | 'none' | { readonly graceMs: number }

/** What `startTokenServer` may be told. */
export interface TokenServerOptions {
  /**
   * How long an access token is good, from its answer on, by the server's own clock. Seconds;
   * fractions are fine, and 0 makes tokens that are dead on arrival.
   *
   * @defaultValue 60
   * @example
   * ```ts
   * await startTokenServer({ accessTokenLifetime: 0.2 })
   * ```
   */
  readonly accessTokenLifetime?: number
  /**
   * Whether answers say how long the token is good (`expiresIn`, `expires_in`). A number or string is
   * sent in place of the true one, for a server that lies.
   *
   * @defaultValue true
   * @see RFC 6749 §5.1
   */
  readonly announceLifetime?: boolean | number | string
  /**
   * What becomes of a refresh token that was used.
   *
   * @defaultValue 'strict'
   * @see RFC 9700 §4.14.2
   */
  readonly rotation?: Rotation
  /** How long the server waits before it looks at a request. Each is in milliseconds. */
  readonly latency?: {
    /** API requests. Milliseconds. @defaultValue 0 */
    readonly api?: number
    /** Refreshes. Milliseconds. @defaultValue 0 */
    readonly refresh?: number
  }
  /**
   * Where the protocols live, so that an app's own paths work unchanged. Each begins with a slash and
   * does not end in one. Where two meet, `x` wins over `auth`, and both over `api`.
   *
   * @example
   * ```ts
   * // An app with baseURL '/api' that speaks X-Token
   * await startTokenServer({ paths: { x: '/api' } })
   * ```
   */
  readonly paths?: {
    /** The API that takes `Authorization: Bearer`. @defaultValue '/api' */
    readonly api?: string
    /** The X-Token system: its sign-in, its refresh and its API. @defaultValue '/x' */
    readonly x?: string
    /** The plain JSON sign-in and refresh for Bearer tokens. @defaultValue '/auth' */
    readonly auth?: string
  }
  /**
   * The port on 127.0.0.1; 0 takes a free one.
   *
   * @defaultValue 0
   */
  readonly port?: number
}

/** Where each protocol lives. */
export interface Paths {
  readonly api: string
  readonly x: string
  readonly auth: string
}

/** The options, checked and complete. */
export interface Settings {
  readonly lifetimeMs: number
  /** What answers announce, in seconds. */
  readonly announced: number | string | undefined
  readonly rotation: Rotation
  readonly latency: { readonly api: number; readonly refresh: number }
  readonly paths: Paths
  readonly port: number
}

export const complain = (what: string): string => `[unexpired] [token server] ${what}`

function notNegative(name: string, value: number): number {
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(complain(`${name} must be a finite number, 0 or more`))
  }
  return value
}

function prefix(name: string, value: string): string {
  if (!/^(?:\/[\w.~-]+)+$/.test(value)) {
    throw new TypeError(complain(`${name} must begin with a slash and not end in one`))
  }
  return value
}

function rotationOf(rotation: Rotation): Rotation {
  if (rotation === 'strict' || rotation === 'none') return rotation
  return { graceMs: notNegative('rotation.graceMs', rotation.graceMs) }
}

export function readOptions(options: TokenServerOptions): Settings {
  const lifetime = notNegative('accessTokenLifetime', options.accessTokenLifetime ?? 60)
  const announce = options.announceLifetime ?? true
  return {
    lifetimeMs: lifetime * 1000,
    announced: typeof announce === 'boolean' ? (announce ? lifetime : undefined) : announce,
    rotation: rotationOf(options.rotation ?? 'strict'),
    latency: {
      api: notNegative('latency.api', options.latency?.api ?? 0),
      refresh: notNegative('latency.refresh', options.latency?.refresh ?? 0),
    },
    paths: {
      api: prefix('paths.api', options.paths?.api ?? '/api'),
      x: prefix('paths.x', options.paths?.x ?? '/x'),
      auth: prefix('paths.auth', options.paths?.auth ?? '/auth'),
    },
    port: options.port ?? 0,
  }
}
