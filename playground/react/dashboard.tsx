import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { Asked } from './asked.js'
import type { BackEnd } from './back-end.js'
import { questions } from './questions.js'
import { SessionBar } from './session-bar.js'
import { useAnswer } from './use-answer.js'

export function Dashboard({ backEnd }: { readonly backEnd: BackEnd }) {
  const { session, revoke } = backEnd
  const { data: me } = useAnswer(backEnd, '/me', 10_000)
  const queryClient = useQueryClient()
  const [isRevoked, setRevoked] = useState(false)

  function revokeNow(): void {
    setRevoked(true)
    // A server that is not there: the session lives on.
    revoke().catch(() => setRevoked(false))
  }

  return (
    <main>
      <h1 className="unseen">Your things</h1>
      <div className="top">
        <p>
          Signed in as <strong>{me?.user ?? '…'}</strong>
        </p>
        <button onClick={() => void session.signOut()}>Sign out</button>
      </div>
      <SessionBar session={session} />
      <ul className="cards">
        {questions.map((question) => (
          <Asked key={question.path} backEnd={backEnd} question={question} />
        ))}
      </ul>
      <section className="panel try" aria-labelledby="try">
        <h2 id="try">Try it</h2>
        <ul>
          <li>
            <button onClick={() => session.expire()}>Expire the token</button>
            <span>The next question renews it first. The others wait, and none fails.</span>
          </li>
          <li>
            <button onClick={() => void queryClient.refetchQueries()}>Ask everything now</button>
            <span>All at once: still one refresh, if one is due.</span>
          </li>
          <li>
            <button onClick={revokeNow} disabled={isRevoked}>
              Revoke the session
            </button>
            <span>At the server alone. At the next refresh you are asked to sign in, once.</span>
          </li>
          <li>
            <a className="button" href="." target="_blank" rel="noopener">
              Open another tab
            </a>
            <span>It is signed in already. Tabs share each refresh, and the sign-out.</span>
          </li>
        </ul>
      </section>
    </main>
  )
}
