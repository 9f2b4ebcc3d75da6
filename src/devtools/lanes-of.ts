import type { Session } from '../index.js'
import type { Lane } from './lane.js'
import { createLanes } from './lanes.js'
import { listen } from './listen.js'

/**
 * Records what a session does until it is stopped; `changed` is called after each event. The lanes go
 * on changing.
 */
export function recordLanes(
  session: Session,
  changed: () => void,
): { lanes(): readonly Lane[]; stop(): void } {
  const { add, lanes } = createLanes()
  const { stop } = listen(session, (event, at, isPast) => {
    add(event, at, isPast)
    if (!isPast) changed()
  })
  return { lanes, stop }
}
