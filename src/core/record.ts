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

/**
 * A stored value, if it is a record that can be used. Anything else (corrupt, cut, of another
 * version, a stranger's) counts as absent.
 */
export function readRecord(value: unknown): StoredSession | undefined {
  if (!isObject(value) || value['version'] !== 1) return undefined
  const { sessionId, generation, receivedAt, tokens } = value
  const isRecord =
    typeof sessionId === 'string' &&
    sessionId !== '' &&
    Number.isSafeInteger(generation) &&
    Number.isFinite(receivedAt) &&
    (tokens == null || areTokens(tokens))
  return isRecord ? (value as unknown as StoredSession) : undefined
}

/** The record in a text. Nothing, a stranger's, or one that was cut counts as absent (G32). */
export function parseRecord(text: string | null | undefined): StoredSession | undefined {
  try {
    return readRecord(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}

function areTokens(value: unknown): boolean {
  if (!isObject(value)) return false
  const { accessToken, refreshToken, tokenType, scope, extra } = value
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
