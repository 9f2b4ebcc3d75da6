import type { Tokens } from './tokens.js'

/**
 * The lifetime that a JWT access token was issued with: `exp − iat`, in seconds. Nothing is verified,
 * and the clock is not asked; `undefined` where it is no JWT or has no such claims.
 *
 * @example
 * ```ts
 * const session = createSession({ refresh, lifetime: jwtLifetime })
 * ```
 * @see RFC 7519 §4.1
 */
export function jwtLifetime(tokens: Tokens): number | undefined {
  const [, payload] = tokens.accessToken.split('.')
  if (!payload) return undefined
  try {
    const claims: unknown = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))
    const { exp, iat } = claims as { exp?: unknown; iat?: unknown }
    if (typeof exp !== 'number' || typeof iat !== 'number') return undefined
    return exp > iat ? exp - iat : undefined
  } catch {
    // Opaque tokens are as good as any: their lifetime is just not known here.
    return undefined
  }
}
