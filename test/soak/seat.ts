import { createSession } from 'unexpired'
import type { Session, SessionEndReason, SignedOutEvent, TokenStore } from 'unexpired'

import { createBoundedMap } from './bounded-map.js'
import { breakSend } from './broken.js'
import type { BrokenKind } from './broken.js'
import type { RefreshStyle, Refreshing, TryResult } from './refreshing.js'
import type { MakeClients, Send } from './sending.js'
import { refreshTimeoutMs } from './settings.js'
import type { Tally } from './tally.js'

/** An end that a seat was told of. */
interface End {
  readonly reason: SessionEndReason
  readonly at: number
}

/** A session object with its clients, as one tab or process has it. */
export interface Seat {
  readonly name: string
  readonly session: Session
  readonly clients: readonly (readonly [string, Send])[]
  /** Whether a session ended here for that reason, not before `since`. */
  hasEnded(reason: SessionEndReason, since: number): boolean
  /** Whether a replay was turned away, too, not before `since`. */
  wasTurnedAwayTwice(since: number): boolean
  /** G11: whether a replay with tokens of this session, no older than these, was turned away lately. */
  isDoubted(sessionId: string | undefined, generation: number): boolean
  /** Whether the refresh was unavailable at some time from `since` to `until`. */
  wasUnavailable(since: number, until: number): boolean
  /** How many sessions began here, and how many it was told of that they ended. */
  readonly told: { readonly begun: number; readonly ended: number }
  close(): Promise<void>
}

export interface SeatOptions {
  readonly name: string
  readonly origin: string
  readonly store: TokenStore
  readonly style: RefreshStyle
  readonly refreshing: Refreshing
  readonly makeClients: MakeClients
  readonly broken: BrokenKind | undefined
  readonly tally: Tally
  onEnd(event: SignedOutEvent): void
  onLateStore(): void
}

/** As many ends are remembered. */
const mostEnds = 32
/** An event says when; timers and clocks are not that exact (milliseconds). */
const slackMs = 250

/** After a replay that was turned away: a minute at most, and a second for the judge (milliseconds). */
const doubtMs = 61_000
/** What the session, and the store itself, say of calls that took too long. */
const lateStore = /^(?:no (?:answer|turn)|it was not read) within/

export function takeSeat(options: SeatOptions): Seat {
  const { name, origin, store, refreshing, tally } = options
  const violate = (what: string): void => tally.violate(`${name}: ${what}`)
  const toldEnds = createBoundedMap<string, true>(mostEnds)
  const ends: End[] = []
  const told = { begun: 0, ended: 0 }
  let ended = 0
  let failedTries = 0
  let turnedAwayTwice = -Infinity
  let doubted: { readonly sessionId: string | undefined; readonly generation: number } | undefined
  const coolDown = { from: -Infinity, until: -Infinity }

  const noteEnd = (reason: SessionEndReason): void => {
    ends.push({ reason, at: performance.now() })
    if (ends.length > mostEnds) ends.shift()
  }

  const session = createSession({
    store,
    refreshTimeoutMs,
    refresh: (request) =>
      refreshing.refresh(request, options, (result: TryResult) => {
        if (result !== 'granted') failedTries += 1
      }),
    onSignedOut(event) {
      told.ended += 1
      const id = String(event.sessionId)
      if (toldEnds.get(id)) violate('onSignedOut was called twice for one session')
      toldEnds.set(id, true)
      noteEnd(event.reason)
      tally.add(`ends told: ${event.reason}`)
      options.onEnd(event)
    },
  })
  session.on('signed-in', () => void (told.begun += 1))
  // Whom the store held from the start, no event tells.
  void session.ready.then(() => {
    if (session.tokens && told.begun === told.ended) told.begun += 1
  })
  session.on('signed-out', () => void (ended += 1))
  session.on('refresh-started', () => {
    failedTries = 0
    tally.add('refreshes begun')
  })
  session.on('refreshed', () => {
    tally.add('refreshed')
    coolDown.until = Math.min(coolDown.until, performance.now() + slackMs)
  })
  session.on('adopted', () => tally.add('tokens adopted'))
  session.on('replayed', () => tally.add('replayed'))
  session.on('turned-away', ({ attempt, sessionId, generation }) => {
    if (attempt === 1) return
    turnedAwayTwice = performance.now()
    doubted = { sessionId, generation }
  })
  session.on('held', () => tally.add('held'))
  session.on('turn-missed', () => tally.add('turns missed'))
  session.on('store-failed', ({ operation, message }) => {
    // On a machine that does too much else: what is shared through the store may be done twice then.
    if (lateStore.test(message)) options.onLateStore()
    else violate(`the store failed (${operation}): ${message}`)
  })
  session.on('refresh-unavailable', ({ reason, message, retryAfterMs }) => {
    tally.add(`refreshes unavailable: ${reason}`)
    if (!failedTries) violate(`a refresh was unavailable although no try failed: ${message}`)
    coolDown.from = performance.now()
    coolDown.until = coolDown.from + retryAfterMs + slackMs
  })

  const clients = Object.entries(options.makeClients(session, origin)).map(
    ([client, send]) => [client, breakSend(options.broken, send)] as const,
  )
  return {
    name,
    session,
    clients,
    hasEnded: (reason, since) => ends.some((end) => end.reason === reason && end.at >= since),
    wasTurnedAwayTwice: (since) => turnedAwayTwice >= since,
    isDoubted: (sessionId, generation) =>
      doubted?.sessionId === sessionId &&
      (doubted?.generation ?? 0) >= generation &&
      performance.now() - turnedAwayTwice < doubtMs,
    wasUnavailable: (since, until) => coolDown.from <= until && coolDown.until >= since,
    told,
    async close() {
      noteEnd('closed')
      await session.close()
      if (ended !== told.ended) violate(`${ended} ends were events, ${told.ended} were told`)
    },
  }
}
