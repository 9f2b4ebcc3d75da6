import type { ModelClock } from './model-clock.js'

/** What a sign-in, a refresh or a push gives. */
export interface Grant {
  readonly family: string
  readonly accessToken: string
  /** Absent: the one before stays good. */
  readonly refreshToken: string | undefined
  /** Seconds, as told to the client. */
  readonly expiresIn: number | undefined
}

interface Family {
  readonly name: string
  /** Of the newest access token. */
  generation: number
  /** Of the newest refresh token. */
  rotation: number
  revoked: boolean
}

interface AccessToken {
  readonly family: Family
  readonly expiresAt: number
  expired: boolean
}

interface AuthorityOptions {
  readonly clock: ModelClock
  /** Seconds; `undefined`: valid until an order says otherwise, and nothing is told. */
  readonly lifetime: number | undefined
  /** The refresh token before the newest is taken once more, as by servers with a grace window. */
  readonly grace: boolean
}

/** The family of a token of either kind: tokens are spelled `kind-family-number`. */
export const familyOf = (token: string): string => token.split('-')[1] ?? token

/**
 * The authorization server and the resource server in one: strict rotation, families, and reuse
 * detection. It acts at once; when a request reaches it, and an answer its client, is scheduled.
 */
export function createAuthority({ clock, lifetime, grace }: AuthorityOptions) {
  const families = new Map<string, Family>()
  const accessTokens = new Map<string, AccessToken>()

  function mint(family: Family, rotates: boolean): Grant {
    family.generation += 1
    if (rotates) family.rotation += 1
    const accessToken = `at-${family.name}-${family.generation}`
    const expiresAt = lifetime === undefined ? Infinity : clock.monotonic() + lifetime * 1000
    accessTokens.set(accessToken, { family, expiresAt, expired: false })
    return {
      family: family.name,
      accessToken,
      refreshToken: rotates ? `rt-${family.name}-${family.rotation}` : undefined,
      expiresIn: lifetime,
    }
  }

  function find(token: string | undefined): { family: Family; rotation: number } | undefined {
    const [kind, name = '', rotation] = (token ?? '').split('-')
    const family = families.get(name)
    return kind === 'rt' && family ? { family, rotation: Number(rotation) } : undefined
  }

  return {
    signIn(user: string): Grant {
      const name = `${user}${families.size + 1}`
      const family = { name, generation: 0, rotation: 0, revoked: false }
      families.set(name, family)
      return mint(family, true)
    },
    /** Whether the resource server serves this token. */
    accepts(accessToken: string): boolean {
      const token = accessTokens.get(accessToken)
      return (
        !!token && !token.expired && !token.family.revoked && clock.monotonic() < token.expiresAt
      )
    },
    /** New tokens, or `undefined`: invalid_grant. A refresh token used again costs the whole family. */
    refresh(refreshToken: string | undefined, rotates: boolean): Grant | undefined {
      const found = find(refreshToken)
      if (!found || found.family.revoked) return undefined
      const { family, rotation } = found
      if (rotation === family.rotation || (grace && rotation === family.rotation - 1)) {
        return mint(family, rotates)
      }
      family.revoked = true
      return undefined
    },
    /** Newer tokens that nobody asked for, to be adopted. */
    push(name: string, rotates: boolean): Grant | undefined {
      const family = families.get(name)
      return family && !family.revoked ? mint(family, rotates) : undefined
    },
    /** All access tokens of a family that are out now are turned down from now on. */
    expire(name: string): void {
      for (const token of accessTokens.values())
        if (token.family.name === name) token.expired = true
    },
    revoke(name: string): void {
      const family = families.get(name)
      if (family) family.revoked = true
    },
  }
}
