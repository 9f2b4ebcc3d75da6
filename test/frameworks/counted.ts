import type { Session } from 'unexpired'

/** A session that knows who listens to it. */
export function counted(session: Session) {
  const listeners = new Set<() => void>()
  const subscribe: Session['subscribe'] = (listener) => {
    const stop = session.subscribe(listener)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      stop()
    }
  }
  const watched = Object.create(session, { subscribe: { value: subscribe } }) as Session
  return {
    session: watched,
    listeners: () => listeners.size,
    /** Calls them, though nothing has changed, as a session may. */
    call: () => listeners.forEach((listener) => listener()),
  }
}
