import type { Session } from 'unexpired'
import { onScopeDispose, shallowReadonly, shallowRef } from 'vue'

export function useSession(session: Session) {
  const snapshot = shallowRef(session.getSnapshot())
  onScopeDispose(session.subscribe(() => (snapshot.value = session.getSnapshot())))
  return shallowReadonly(snapshot)
}
