'use client'

import { useSyncExternalStore } from 'react'

import { SessionError } from './core/errors.js'
import type { Session, SessionSnapshot } from './core/session-face.js'

/** What a server renders, and the browser at first after it: who is signed in is not known yet. */
const unknown: SessionSnapshot = Object.freeze({
  status: 'restoring',
  sessionId: undefined,
  generation: 0,
  expiresInMs: undefined,
})
const onServer = (): SessionSnapshot => unknown

/**
 * What the session is now: the component renders again when that changes, and only then.
 *
 * While a server renders, and while the browser takes over what it rendered, the status is
 * `restoring`, so that both render the same.
 *
 * @throws SessionError `invalid-option`, when it is not given a session
 * @example
 * ```tsx
 * function Account() {
 *   const { status } = useSession(session)
 *   if (status === 'restoring') return <p>One moment…</p>
 *   if (status === 'signed-out') return <SignIn />
 *   return <button onClick={() => void session.signOut()}>Sign out</button>
 * }
 * ```
 */
export function useSession(session: Session): SessionSnapshot {
  const given: Partial<Session> | null | undefined = session
  if (typeof given?.subscribe !== 'function' || typeof given.getSnapshot !== 'function') {
    throw new SessionError(
      'invalid-option',
      `useSession: expected a session made by createSession, got ${given === null ? 'null' : typeof given}`,
    )
  }
  return useSyncExternalStore(session.subscribe, session.getSnapshot, onServer)
}
