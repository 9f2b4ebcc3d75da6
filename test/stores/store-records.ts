import type { StoredSession } from 'unexpired'

/** A record of a session, live unless it says otherwise. */
export const record = (generation: number, more: Partial<StoredSession> = {}): StoredSession => ({
  version: 1,
  sessionId: 'ann',
  generation,
  receivedAt: 1_700_000_000_000 + generation,
  tokens: { accessToken: `access-${generation}`, refreshToken: `refresh-${generation}` },
  ...more,
})

/** A record of a session that was signed out. */
export const signedOut = (generation: number): StoredSession => ({
  ...record(generation),
  tokens: undefined,
})

/** All that a store may keep: what comes back must be the same. */
export const full = record(1, {
  sessionId: 'ann/π/🔑 "quoted"\n',
  tokens: {
    accessToken: '!~{"a":1}',
    refreshToken: 'ü – "🔑"\r\n\\',
    expiresIn: 0.5,
    tokenType: 'DPoP',
    scope: 'read write',
    extra: { id_token: 'i', user: { name: 'Änne', roles: ['a', null, 1.5, true] } },
  },
})
