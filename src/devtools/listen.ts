import type { Session, SessionEvent, SessionEvents } from '../index.js'
import { createRedactor } from './redact.js'

const every: Readonly<Record<keyof SessionEvents, 1>> = {
  'signed-in': 1,
  'refresh-started': 1,
  refreshed: 1,
  adopted: 1,
  'refresh-unavailable': 1,
  'turn-missed': 1,
  'store-failed': 1,
  'store-degraded': 1,
  held: 1,
  released: 1,
  'turned-away': 1,
  replayed: 1,
  expired: 1,
  sent: 1,
  settled: 1,
  closed: 1,
  'signed-out': 1,
}

/** As many as `explain()` remembers. */
const mostEvents = 50

/**
 * Hears what a session remembers (`isPast`), and then every event until it is stopped. Times are those
 * of `performance.now()`. Tokens are cut out of what is heard at once, as they may be forgotten, and
 * out of `events`, the last ones, when there are new tokens.
 */
export function listen(
  session: Session,
  hear: (event: SessionEvent, at: number, isPast: boolean) => void,
) {
  const events: SessionEvent[] = []
  const { clean, stop } = createRedactor(session, () => {
    for (const event of events) Object.assign(event, cleaned(event, clean))
  })

  function heard(original: SessionEvent, at: number, isPast: boolean): void {
    const event = cleaned(original, clean)
    if (event.type !== 'sent' && event.type !== 'settled') events.push(event)
    if (events.length > mostEvents) events.shift()
    hear(event, at, isPast)
  }

  for (const event of session.explain()) {
    // A wall clock that was set back does not make a future of the past.
    heard(event, performance.now() - Math.max(0, Date.now() - event.at), true)
  }
  const stops = (Object.keys(every) as (keyof SessionEvents)[]).map((type) =>
    session.on(type, (event) => heard(event, performance.now(), false)),
  )
  return { clean, events, stop: () => [stop, ...stops].forEach((end) => end()) }
}

/** A copy; of a cause, JSON leaves the message out. */
function cleaned(event: SessionEvent, clean: (text: string) => string): SessionEvent {
  const text = JSON.stringify(event, (key, value: unknown) =>
    key === 'cause'
      ? Object.assign({ message: (value as Error).message }, value)
      : key !== 'type' && typeof value === 'string'
        ? clean(value)
        : value,
  )
  return JSON.parse(text) as SessionEvent
}
