import { randomBytes } from 'node:crypto'

import type { Rotation } from './options.js'
import { realNow } from './real-time.js'

/** Whose a token is. A family is what one sign-in began. */
export interface Holder {
  readonly user: string
  readonly family: string
  readonly generation: number
}

export interface Issued extends Holder {
  readonly accessToken: string
  readonly refreshToken: string
  /** Whether this refresh token replaces the one that was sent. */
  readonly rotated: boolean
}

export interface Refusal {
  readonly refused: 'missing' | 'unknown' | 'spent' | 'revoked' | 'ordered'
  /** Whether this very request cost the family its life. */
  readonly revokedNow: boolean
}

/** `'pair'`: a refresh token beside the access token. `'single'`: the access token buys the next one. */
export type TokenForm = 'pair' | 'single'

export interface Families {
  signIn(user: string, form: TokenForm): Issued
  refresh(refreshToken: string | undefined): Issued | Refusal
  /** Whose this access token is, if it is good now. */
  admit(accessToken: string | undefined): Holder | undefined
  /** Whose this token of either sort is or was. */
  recognise(token: string | undefined): Holder | undefined
  /** Ends the family of a refresh token, as signing out does. */
  end(refreshToken: string | undefined): void
  expireAll(): void
  /** Returns how many families it revoked. */
  revokeAll(): number
}

interface Family {
  readonly id: string
  readonly user: string
  readonly form: TokenForm
  generation: number
  revoked: boolean
}

interface AccessToken extends Holder {
  readonly of: Family
  deadAt: number
}

interface RefreshToken extends Holder {
  readonly of: Family
  spentAt: number | undefined
}

/** What a token of this server looks like, wherever it turns up. */
export const tokenShape = /(?:at|rt|xt)_f\d+_\d+_[0-9a-f]{32}/g

export function createFamilies(lifetimeMs: number, rotation: Rotation): Families {
  const families: Family[] = []
  const accessTokens = new Map<string, AccessToken>()
  const refreshTokens = new Map<string, RefreshToken>()

  function issue(family: Family, keep?: string): Issued {
    const generation = (family.generation += 1)
    const holder: Holder = { user: family.user, family: family.id, generation }
    const make = (sort: string) =>
      `${sort}_${family.id}_${generation}_${randomBytes(16).toString('hex')}`
    const accessToken = make(family.form === 'single' ? 'xt' : 'at')
    const refreshToken = family.form === 'single' ? accessToken : (keep ?? make('rt'))
    accessTokens.set(accessToken, { ...holder, of: family, deadAt: realNow() + lifetimeMs })
    if (refreshToken !== keep) {
      refreshTokens.set(refreshToken, { ...holder, of: family, spentAt: undefined })
    }
    return { ...holder, accessToken, refreshToken, rotated: refreshToken !== keep }
  }

  /** Revokes the family, and says whether it lived until now. */
  function revoke(family: Family): boolean {
    const lived = !family.revoked
    family.revoked = true
    return lived
  }

  const isSpent = (token: RefreshToken): boolean =>
    token.spentAt !== undefined &&
    !(typeof rotation === 'object' && realNow() - token.spentAt <= rotation.graceMs)

  return {
    signIn(user, form) {
      const id = `f${families.length + 1}`
      const family: Family = { id, user, form, generation: 0, revoked: false }
      families.push(family)
      return issue(family)
    },
    refresh(sent) {
      if (!sent) return { refused: 'missing', revokedNow: false }
      const token = refreshTokens.get(sent)
      if (!token) return { refused: 'unknown', revokedNow: false }
      if (isSpent(token)) return { refused: 'spent', revokedNow: revoke(token.of) }
      if (token.of.revoked) return { refused: 'revoked', revokedNow: false }
      if (rotation === 'none') return issue(token.of, sent)
      token.spentAt ??= realNow()
      return issue(token.of)
    },
    admit(sent) {
      const token = sent === undefined ? undefined : accessTokens.get(sent)
      return token && !token.of.revoked && realNow() < token.deadAt ? token : undefined
    },
    recognise(sent) {
      return sent === undefined ? undefined : (accessTokens.get(sent) ?? refreshTokens.get(sent))
    },
    end(sent) {
      const token = sent === undefined ? undefined : refreshTokens.get(sent)
      if (token) revoke(token.of)
    },
    expireAll() {
      for (const token of accessTokens.values()) token.deadAt = 0
    },
    revokeAll: () => families.filter(revoke).length,
  }
}
