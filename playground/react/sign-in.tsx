import { useState } from 'react'
import type { SubmitEvent } from 'react'
import type { Session, SignedOutEvent } from 'unexpired'

import type { BackEnd } from './back-end.js'

const words: Readonly<Record<SignedOutEvent['reason'], string>> = {
  refused: 'Your session has ended: the server would not renew it. Please sign in again.',
  'signed-out': 'You have signed out.',
  replaced: 'Somebody else has signed in.',
}

/** How the last session came to its end, if there was one since the page was opened. */
function lastEnd(session: Session): SignedOutEvent['reason'] | undefined {
  const ends = session.explain().filter((event) => event.type === 'signed-out')
  return ends.at(-1)?.reason
}

export function SignIn({ backEnd }: { readonly backEnd: BackEnd }) {
  const [reason] = useState(() => lastEnd(backEnd.session))
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const field = (name: string): string => {
      const value = form.get(name)
      return typeof value === 'string' ? value : ''
    }
    setBusy(true)
    setFailure(undefined)
    backEnd.signIn(field('username'), field('password')).catch((error: unknown) => {
      setFailure(error instanceof Error ? error.message : 'Signing in failed.')
      setBusy(false)
    })
  }

  return (
    <main className="sign-in">
      <form className="panel" onSubmit={submit}>
        <h1>Sign in</h1>
        {reason && (
          <p
            className={reason === 'refused' ? 'notice bad' : 'notice'}
            role={reason === 'refused' ? 'alert' : 'status'}
          >
            {words[reason]}
          </p>
        )}
        <label>
          Name
          <input
            name="username"
            defaultValue="ada"
            autoComplete="username"
            // Whoever was at work goes on here.
            autoFocus={reason !== undefined}
            required
          />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            defaultValue="lovelace"
            autoComplete="current-password"
          />
        </label>
        {failure && (
          <p className="notice bad" role="alert">
            {failure}
          </p>
        )}
        <button className="main" type="submit" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
        <p className="small">Any name and any password will do: try a second user, too.</p>
      </form>
    </main>
  )
}
