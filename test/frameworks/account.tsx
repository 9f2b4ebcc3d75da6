import type { SessionSnapshot } from 'unexpired'
import type { Session } from 'unexpired'
import { useSession } from 'unexpired/react'

export interface AccountProps {
  readonly session: Session
  /** Told of each render. */
  readonly rendered?: ((snapshot: SessionSnapshot) => void) | undefined
}

/** A component as apps have them: it says whether somebody is signed in, and how fresh. */
export function Account({ session, rendered }: AccountProps) {
  const snapshot = useSession(session)
  rendered?.(snapshot)
  return (
    <p>
      {snapshot.status} {snapshot.generation}
    </p>
  )
}
