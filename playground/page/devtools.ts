import { mountDevtools } from 'unexpired/devtools'

import type { SessionActor } from './session-actor.js'

let unmount = (): void => undefined

/** The panel that any app can have, on the session of the right side. */
export function showDevtools({ session }: SessionActor): void {
  unmount()
  // On a phone a thumb is at the bottom. Elsewhere the open panel leaves the button that sends, and
  // the side of this session, to be seen: both are at the right.
  const corner = matchMedia('(max-width: 720px)').matches ? 'top-right' : 'bottom-left'
  unmount = mountDevtools(session, { name: 'playground', corner })
}
