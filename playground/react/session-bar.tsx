import { useEffect, useState } from 'react'
import type { Session, SessionStatus } from 'unexpired'
import { useSession } from 'unexpired/react'

const words: Readonly<Record<SessionStatus, string>> = {
  restoring: 'one moment',
  'signed-out': 'signed out',
  active: 'active',
  refreshing: 'refreshing',
}

/** What `useSession` says, how long the token has left, and what has come of all requests so far. */
export function SessionBar({ session }: { readonly session: Session }) {
  const { status, generation } = useSession(session)
  const { leftMs, totalMs } = useLifetime(session)
  const { answered, failed } = useTally(session)
  const seconds = Math.ceil(leftMs / 1_000)
  return (
    <section className="panel bar" aria-label="The session">
      <dl>
        <div>
          <dt>Session</dt>
          <dd className="status" data-status={status}>
            {words[status]}
          </dd>
        </div>
        <div>
          <dt>Token</dt>
          <dd data-generation={generation}>{generation}</dd>
        </div>
        <div>
          <dt>Answered</dt>
          <dd data-answered={answered}>{answered}</dd>
        </div>
        <div>
          <dt>Failed</dt>
          <dd data-failed={failed} className={failed ? 'bad' : ''}>
            {failed}
          </dd>
        </div>
      </dl>
      <label className="life">
        <span>{seconds > 0 ? `The token lives for ${seconds} s` : 'The token has expired'}</span>
        <progress max={totalMs} value={leftMs} />
      </label>
    </section>
  )
}

/** How often the bar is drawn. Milliseconds. */
const everyMs = 200

/** A snapshot does not count down: this does. */
function useLifetime(session: Session): { leftMs: number; totalMs: number } {
  const [life, setLife] = useState({ leftMs: 0, totalMs: 1 })
  useEffect(() => {
    const look = (): void => {
      const { leftMs = 0, totalMs = 1 } = session.getLifetime() ?? {}
      setLife({ leftMs, totalMs })
    }
    look()
    const timer = setInterval(look, everyMs)
    return () => clearInterval(timer)
  }, [session])
  return life
}

function useTally(session: Session): { answered: number; failed: number } {
  const [tally, setTally] = useState({ answered: 0, failed: 0 })
  useEffect(
    () =>
      session.on('settled', ({ outcome }) => {
        if (outcome === 'aborted') return
        setTally((last) => ({ ...last, [outcome]: last[outcome] + 1 }))
      }),
    [session],
  )
  return tally
}
