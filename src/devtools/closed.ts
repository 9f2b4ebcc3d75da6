import type { Session, SessionEvent } from '../index.js'

/**
 * Tells whether a session was closed: that is told by no event. It was, when it is signed out and no
 * event said that what was in force has ended.
 */
export function watchClosed(session: Session): { isClosed(): boolean; stop(): void } {
  let known: string | undefined
  let ended: string | undefined
  function end({ sessionId }: SessionEvent): void {
    ended = sessionId
  }
  function look(): void {
    known = session.getSnapshot().sessionId ?? known
  }
  for (const event of session.explain()) {
    known = event.sessionId ?? known
    if (event.type === 'signed-out') end(event)
  }
  look()
  const stops = [session.on('signed-out', end), session.subscribe(look)]
  return {
    isClosed() {
      look()
      return session.status === 'signed-out' && known !== undefined && known !== ended
    },
    stop: () => stops.forEach((stop) => stop()),
  }
}
