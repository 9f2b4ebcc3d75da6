import { createSession, type Session } from 'unexpired'
import type { Subject, SubjectFactory, SubjectParts } from './subject.js'

/** What a session tells and is asked for, whichever client goes through it. */
export function sessionSubject(session: Session, send: Subject['send']): Subject {
  return {
    get status() {
      return session.status
    },
    get tokens() {
      return session.tokens
    },
    get sessionId() {
      return session.getSnapshot().sessionId
    },
    get generation() {
      return session.getSnapshot().generation
    },
    ready: session.ready,
    signIn: session.signIn,
    adopt: session.adopt,
    signOut: session.signOut,
    refresh: session.refresh,
    getAccessToken: () => session.getAccessToken(),
    send,
    close: () => void session.close(),
    watch({ started, unavailable, turnMissed, changed }) {
      session.on('refresh-started', ({ trigger }) => started(trigger))
      session.on('refresh-unavailable', ({ retryAfterMs }) => unavailable(retryAfterMs))
      session.on('turn-missed', turnMissed)
      session.on('signed-in', changed)
      session.subscribe(changed)
    },
  }
}

export const sessionOptions = ({ store, clock, onSignedOut }: SubjectParts) => ({
  store,
  clock,
  onSignedOut,
})

/** The real core, through `session.authorize`. */
export const coreSubject: SubjectFactory = (parts) => {
  const session: Session = createSession({
    ...sessionOptions(parts),
    refresh(request) {
      const { through, refresh } = parts
      if (through === 'no') return refresh(request, undefined)
      const { signal } = request
      if (through === 'at once') {
        return session.authorize((lease) => refresh(request, lease.accessToken))
      }
      return Promise.resolve().then(() =>
        session.authorize((lease) => refresh(request, lease.accessToken), { signal }),
      )
    },
  })
  return sessionSubject(session, ({ kind, signal, attempt, expired }) =>
    session.authorize((lease) => attempt(lease.accessToken), {
      signal,
      replayable: kind !== 'once only',
      expired: (outcome) => expired('value' in outcome ? outcome.value : undefined),
    }),
  )
}
