import { createSignal, onCleanup } from 'solid-js'
import type { Session } from 'unexpired'

export function createSessionSignal(session: Session) {
  const [snapshot, setSnapshot] = createSignal(session.getSnapshot())
  onCleanup(session.subscribe(() => setSnapshot(session.getSnapshot())))
  return snapshot
}
