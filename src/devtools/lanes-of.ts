import type { Session } from '../index.js'
import { watchClosed } from './closed.js'
import type { Lane } from './lane.js'
import { createLanes } from './lanes.js'
import { listen } from './listen.js'
import { createRedactor } from './redact.js'

/**
 * Records what a session does until it is stopped; `changed` is called after each event. The lanes go
 * on changing.
 */
export function recordLanes(
  session: Session,
  changed: () => void,
): { lanes(): readonly Lane[]; stop(): void } {
  const redactor = createRedactor(session)
  const closed = watchClosed(session)
  const record = createLanes(redactor.clean)
  const stop = listen(session, (event, at) => {
    record.add(event, at)
    changed()
  })
  return {
    lanes() {
      // Nothing more is heard of what was going on.
      if (closed.isClosed()) record.end(performance.now())
      return record.lanes()
    },
    stop() {
      stop()
      closed.stop()
      redactor.stop()
    },
  }
}
