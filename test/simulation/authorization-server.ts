import { graceMs, type Setting } from './setting.js'

/** What a sign-in, a refresh or a push gives. */
export interface Grant {
  readonly family: string
  readonly accessToken: string
  /** Absent: the one before stays good. */
  readonly refreshToken?: string
  /** Seconds. */
  readonly expiresIn?: number
}

interface Family {
  readonly name: string
  accessTokens: number
  refreshTokens: number
  /** Of the newest refresh token; the first has 1. */
  newest: number
  revoked: 'reuse' | 'order' | undefined
}

interface AccessToken {
  readonly family: Family
  readonly endsAt: number
  isExpired: boolean
}

interface RefreshToken {
  readonly family: Family
  /** How many refreshes led to it. */
  readonly depth: number
  spentAt: number | undefined
}

/** Whose a token of either kind is: tokens are spelled `kind-family-number`. */
export const familyOf = (token: string): string =>
  token.slice(token.indexOf('-') + 1, token.lastIndexOf('-'))

/** The authorization server, and what the API knows of its tokens. It acts at once: the way to it takes time. */
export function createAuthorizationServer(setting: Setting, now: () => number) {
  const { lifetime, isAnnounced, rotation, rotates } = setting
  const families = new Map<string, Family>()
  const accessTokens = new Map<string, AccessToken>()
  const refreshTokens = new Map<string, RefreshToken>()
  const presented: string[] = []
  const reused: string[] = []

  /** @param depth - of its refresh token; `undefined`: the one before stays good */
  function mint(family: Family, depth: number | undefined): Grant {
    const accessToken = `at-${family.name}-${(family.accessTokens += 1)}`
    const endsAt = lifetime === undefined ? Infinity : now() + lifetime * 1000
    accessTokens.set(accessToken, { family, endsAt, isExpired: false })
    const told = isAnnounced && lifetime !== undefined ? { expiresIn: lifetime } : {}
    if (depth === undefined) return { family: family.name, accessToken, ...told }
    const refreshToken = `rt-${family.name}-${(family.refreshTokens += 1)}`
    refreshTokens.set(refreshToken, { family, depth, spentAt: undefined })
    family.newest = Math.max(family.newest, depth)
    return { family: family.name, accessToken, refreshToken, ...told }
  }

  function forgives({ family, depth, spentAt }: RefreshToken): boolean {
    if (rotation === 'previous') return depth >= family.newest - 1
    if (spentAt === undefined) return true
    return rotation === 'grace' && now() - spentAt <= graceMs
  }

  return {
    /** Every refresh token that came, in order. */
    presented: presented as readonly string[],
    /** Those that cost their family. */
    reused: reused as readonly string[],
    signIn(user: string): Grant {
      const name = `${user}${families.size + 1}`
      const counts = { accessTokens: 0, refreshTokens: 0, newest: 0 }
      const family: Family = { name, ...counts, revoked: undefined }
      families.set(name, family)
      return mint(family, 1)
    },
    /** New tokens, or `undefined`: invalid_grant. */
    refresh(token: string | undefined): Grant | undefined {
      presented.push(token ?? 'none')
      const found = refreshTokens.get(token ?? '')
      if (!found || found.family.revoked) return undefined
      if (!forgives(found)) {
        found.family.revoked = 'reuse'
        reused.push(token ?? 'none')
        return undefined
      }
      if (!rotates) return mint(found.family, undefined)
      found.spentAt ??= now()
      return mint(found.family, found.depth + 1)
    },
    /** Whether the API serves this access token. */
    accepts(accessToken: string | undefined): boolean {
      const token = accessTokens.get(accessToken ?? '')
      return !!token && !token.isExpired && !token.family.revoked && now() < token.endsAt
    },
    /** How long it is still good by its lifetime alone. */
    leftMs: (accessToken: string): number =>
      (accessTokens.get(accessToken)?.endsAt ?? -Infinity) - now(),
    /** Newer tokens that nobody asked for; the refresh token stays. */
    push(name: string): Grant | undefined {
      const family = families.get(name)
      return family && !family.revoked ? mint(family, undefined) : undefined
    },
    /** All access tokens that are out are turned down from now on. */
    expireAll(): void {
      for (const token of accessTokens.values()) token.isExpired = true
    },
    isExpired: (accessToken: string): boolean => !!accessTokens.get(accessToken)?.isExpired,
    revoke(name: string): void {
      const family = families.get(name)
      if (family) family.revoked ??= 'order'
    },
    revoked: (name: string) => families.get(name)?.revoked,
    /** All that it knows, for the count of states. */
    show: (): string =>
      [
        ...[...families.values()].map(
          ({ name, newest, revoked }) => `${name}.${newest}.${revoked}`,
        ),
        // How long ago makes a difference only while it may be forgiven for it.
        ...[...refreshTokens].map(([token, { spentAt }]) => {
          if (spentAt === undefined || rotation !== 'grace')
            return `${token}.${spentAt !== undefined}`
          return `${token}.${Math.min(now() - spentAt, graceMs + 1)}`
        }),
        ...[...accessTokens].map(([token, { isExpired }]) => `${token}.${isExpired}`),
      ].join(' '),
  }
}
