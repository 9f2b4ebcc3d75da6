import { createSubscriber } from 'svelte/reactivity'
import type { Session } from 'unexpired'

export function sessionState(session: Session) {
  const subscribe = createSubscriber((update) => session.subscribe(update))
  return {
    get current() {
      subscribe()
      return session.getSnapshot()
    },
  }
}
