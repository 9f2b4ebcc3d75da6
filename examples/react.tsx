import { useSession } from 'unexpired/react'

import { session } from './fetch.js'

export function Account() {
  const { status } = useSession(session)
  if (status === 'restoring') return <p>One moment…</p>
  if (status === 'signed-out') return <a href="/login">Sign in</a>
  return <button onClick={() => void session.signOut()}>Sign out</button>
}
