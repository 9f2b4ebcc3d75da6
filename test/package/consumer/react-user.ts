/** What an app with React writes. It is type-checked as a user's file, against the packed types. */
import { createElement } from 'react'
import type { ReactElement } from 'react'
import { createSession } from 'unexpired'
import type { Session, SessionSnapshot, SessionStatus } from 'unexpired'
import { useSession } from 'unexpired/react'

const session = createSession({ refresh: async () => ({ accessToken: 'a' }) })

export function Account({ of: given }: { of: Session }): ReactElement {
  const snapshot: SessionSnapshot = useSession(given)
  const status: SessionStatus = snapshot.status
  const seconds = Math.round((snapshot.expiresInMs ?? 0) / 1000)
  return createElement(
    'p',
    { title: snapshot.sessionId?.trim() },
    status,
    snapshot.generation,
    seconds,
  )
}
export const page: ReactElement = createElement(Account, { of: session })

export function wrong(): void {
  // @ts-expect-error -- a snapshot is read only
  useSession(session).status = 'active'
  // @ts-expect-error -- which session must be said
  useSession()
  // @ts-expect-error -- what it was is not what it is
  useSession(session.getSnapshot())
}
