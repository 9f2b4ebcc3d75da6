import type { Session, SessionEvent, SessionEvents } from '../index.js'

const every: Readonly<Record<keyof SessionEvents, true>> = {
  'signed-in': true,
  'refresh-started': true,
  refreshed: true,
  adopted: true,
  'refresh-unavailable': true,
  'turn-missed': true,
  'store-failed': true,
  'store-degraded': true,
  held: true,
  released: true,
  'turned-away': true,
  replayed: true,
  expired: true,
  sent: true,
  settled: true,
  'signed-out': true,
}

/** Hears every event of a session until it is stopped. Times are those of `performance.now()`. */
export function listen(
  session: Session,
  hear: (event: SessionEvent, at: number) => void,
): () => void {
  const stops = (Object.keys(every) as (keyof SessionEvents)[]).map((type) =>
    session.on(type, (event) => hear(event, performance.now())),
  )
  return () => stops.forEach((stop) => stop())
}
