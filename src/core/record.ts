import type { Clock } from './clock.js'
import type { StoredSession } from './store.js'
import { headerSafe, isObject, type Tokens } from './tokens.js'

/** Whether two records are the same step of the same session: what `replace` compares. */
export function isSameRecord(a: StoredSession | undefined, b: StoredSession | undefined): boolean {
  return a?.sessionId === b?.sessionId && a?.generation === b?.generation
}

/** The id of a cookie session that nobody signed in; all holders give it the same, so that they share it. */
export const assumedSessionId = 'cookie'

/** What a session begins with. */
export function firstRecord(sessionId: string, tokens: Tokens, clock: Clock): StoredSession {
  return { version: 1, sessionId, generation: 1, receivedAt: clock.now(), tokens }
}

/** It grows by one each time, and must go on doing so. */
const largestGeneration = 2 ** 50

/**
 * A stored value, if it is a record that can be used. Anything else (corrupt, cut, of another
 * version, a stranger's) counts as absent.
 */
export function readRecord(value: unknown): StoredSession | undefined {
  if (!isObject(value) || value['version'] !== 1) return undefined
  // Copied before it is looked at: what a store hands out may change, or throw the second time.
  const { sessionId, generation, receivedAt, tokens: stored, reason } = value
  const tokens = isObject(stored) ? { ...stored } : (stored ?? undefined)
  const isRecord =
    typeof sessionId === 'string' &&
    sessionId !== '' &&
    Number.isSafeInteger(generation) &&
    Number(generation) > 0 &&
    Number(generation) < largestGeneration &&
    Number.isFinite(receivedAt) &&
    (tokens === undefined || areTokens(tokens))
  if (!isRecord) return undefined
  const record = { version: 1, sessionId, generation, receivedAt, tokens }
  return { ...record, ...(reason === 'refused' ? { reason } : {}) } as unknown as StoredSession
}

/** The record in a text. Nothing, a stranger's, or one that was cut counts as absent (G32). */
export function parseRecord(text: string | null | undefined): StoredSession | undefined {
  try {
    return readRecord(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}

/** Of what is no object, a text or a list, no field is what it should be. */
function areTokens(value: object): boolean {
  const { accessToken, refreshToken, tokenType, scope, extra } = value as Record<string, unknown>
  return (
    typeof accessToken === 'string' &&
    (accessToken === '' || headerSafe.test(accessToken)) &&
    [refreshToken, tokenType, scope].every((text) => /^(?:string|undefined)$/.test(typeof text)) &&
    (extra === undefined || isObject(extra))
  )
}

/** Unique, not secret: it names a session in events and records, and opens nothing. */
export function newSessionId(): string {
  return [Date.now(), Math.random() * 2 ** 52, Math.random() * 2 ** 52]
    .map((part) => Math.floor(part).toString(36))
    .join('-')
}
