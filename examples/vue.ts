import type { Session } from 'unexpired'
import { onScopeDispose, shallowReadonly, shallowRef } from 'vue'

export function useSession(session: Session) {
  const snapshot = shallowRef(session.getSnapshot())
  // A server renders once, and never disposes of what it rendered.
  if (typeof document !== 'undefined') {
    onScopeDispose(session.subscribe(() => (snapshot.value = session.getSnapshot())))
  }
  return shallowReadonly(snapshot)
}
