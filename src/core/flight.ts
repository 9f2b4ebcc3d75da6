import { callSafely } from './announcer.js'
import { safeCause, safeMessage } from './causes.js'
import type { Clock } from './clock.js'
import { isSessionError, type UnavailableReason } from './errors.js'
import { storeDeadlineMs } from './keeper.js'
import { within } from './promises.js'
import { classify, isRefused, readFailure } from './refusal.js'
import { readAnswer } from './refresh-answer.js'
import type { State, StateEvent } from './state.js'
import type { StoredSession, TokenStore } from './store.js'
import type { Tokens } from './tokens.js'
import { inTurn } from './turns.js'

/** What a refresh function is given. */
export interface RefreshRequest {
  /** The refresh token, where there is one. */
  readonly refreshToken: string | undefined
  /** All that the session has; in a cookie session the access token is empty. */
  readonly tokens: Tokens
  /** Ends this try: pass it on to the request that you send, so that it is known as the refresh. */
  readonly signal: AbortSignal
}

/** How a flight ended that brought no tokens, and may be tried again later. */
export interface Unavailable {
  readonly reason: UnavailableReason
  readonly message: string
  readonly cause: unknown
  readonly tries: number
  /** What the server asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined
}

/** What a flight needs of its session. */
export interface FlightParts {
  readonly base: StoredSession
  readonly store: TokenStore
  readonly clock: Clock
  readonly cookie: boolean
  readonly timeoutMs: number
  /** Aborted when the session ends. */
  readonly signal: AbortSignal
  readonly refused: ((error: unknown) => boolean) | undefined
  /** What no message may name. */
  readonly known: Iterable<Tokens>
  state(): State
  apply(event: StateEvent): void
  read(): Promise<boolean>
  write(): Promise<void>
  /** Resolves when no write is under way. */
  written(): Promise<void>
  /** Calls the app's refresh function; requests made in it are known by `signal`, or while it is called. */
  refresh(request: RefreshRequest): unknown
  /** The refresh token of this session is dead, by the word of the server. */
  onRefused(cause: unknown): void
  onRefreshed(tries: number, durationMs: number): void
  /** Is given what settles when the turn has been given back. */
  onTurn(over: Promise<unknown>): void
  onTurnMissed(message: string, waitedMs: number): void
  /** Whether the newest tokens are past their lifetime, as far as the clock tells. */
  isOver(): boolean
}

/** At most this many calls of the refresh function in one flight. */
const mostTries = 3

/** Before the second try and, four times longer, the third: well within the grace that servers give. */
const firstPauseMs = 100

/**
 * One refresh of one generation: in the store's exclusive turn, read again, adopt newer tokens or
 * else call the app's function, and commit. It never rejects, and ends within twice `timeoutMs` of
 * getting its turn.
 */
export async function fly(parts: FlightParts): Promise<Unavailable | undefined> {
  const { store, clock, signal, timeoutMs } = parts
  const askedAt = clock.monotonic()
  let result: Unavailable | typeof turnLost | undefined
  // Of all turns together: a store that loses each of them makes no storm.
  let tries = 0
  let turns = 0
  do {
    turns += 1
    await inTurn(
      store,
      async (isLost) => {
        result = await refreshInTurn(parts, isLost, () => ++tries, turns)
      },
      {
        // Longer than a live holder can need: two timeouts, and the store before and, after a lost race, twice.
        waitMs: 2 * timeoutMs + 3 * storeDeadlineMs,
        clock,
        signal,
        over: parts.onTurn,
        written: parts.written,
        missed: (error) =>
          parts.onTurnMissed(safeMessage(error, parts.known), clock.monotonic() - askedAt),
      },
    )
  } while (result === turnLost && !signal.aborted)
  return result === turnLost ? undefined : result
}

/** The turn was lost between two tries, as a page may that was in the back/forward cache: it takes another. */
const turnLost = Symbol('turn lost')

async function refreshInTurn(
  parts: FlightParts,
  isLost: () => boolean,
  nextTry: () => number,
  turns: number,
): Promise<Unavailable | typeof turnLost | undefined> {
  const { clock, timeoutMs } = parts
  let isReadable = await parts.read()
  // Once closed, nothing is begun: whoever comes next refreshes.
  if (isSettled(parts) || parts.state().closed) return undefined
  // A process that stood still meanwhile may have lost it.
  if (isLost() && turns < mostTries) return turnLost
  // From here on: a store that does not answer takes no time from the refresh.
  const startedAt = clock.monotonic()
  const remainingMs = (): number => startedAt + 2 * timeoutMs - clock.monotonic()

  for (;;) {
    const tries = nextTry()
    const current = parts.state().current ?? parts.base
    const outcome = await attempt(parts, current, remainingMs)
    if (parts.signal.aborted) return undefined

    if (outcome.tokens) {
      const { sessionId, generation } = current
      const spent = current.tokens?.refreshToken
      parts.apply({ type: 'received', sessionId, generation, spent, ...outcome })
      await parts.write()
      if (!parts.signal.aborted && !parts.state().adopted)
        parts.onRefreshed(tries, clock.monotonic() - startedAt)
      return undefined
    }
    if (outcome.refused) {
      // Another holder may have been faster (G16).
      await parts.read()
      if (isSettled(parts)) return undefined
      parts.onRefused(outcome.cause)
      parts.apply({ type: 'refused', ...idOf(current), at: clock.now() })
      await parts.write()
      return undefined
    }
    const pauseMs = firstPauseMs * 4 ** (tries - 1) * (0.5 + Math.random() / 2)
    // Once closed, what is under way is finished, and nothing new begun.
    const isLast = tries === mostTries || parts.state().closed
    // A try whose answer nobody waits for would spend the refresh token all the same.
    const isTooLate = (inMs: number): boolean => remainingMs() - inMs < timeoutMs / 4
    if (!outcome.again || isLast || isTooLate(pauseMs)) return unlessSettled({ ...outcome, tries })
    await new Promise<void>((resume) => clock.setTimeout(resume, pauseMs))
    if (isLost()) return turnLost
    // A page that was frozen meanwhile may have lost its turn all the same, and another holder has had it.
    isReadable &&= await parts.read()
    if (isSettled(parts)) return undefined
    // Timers of hidden pages are late.
    if (isTooLate(0)) return { ...outcome, tries }
  }

  /** A process that stood still so long may find newer tokens there: nothing is unavailable then. */
  async function unlessSettled(result: Unavailable): Promise<Unavailable | undefined> {
    await parts.read()
    return isSettled(parts) ? undefined : result
  }
}

/** Somebody has newer tokens that work, or the session is over, or about to be replaced. */
function isSettled({ state, base, isOver, signal }: FlightParts): boolean {
  const { current, pending } = state()
  const isLeft = !!pending && pending.sessionId !== base.sessionId
  if (signal.aborted || isLeft || current?.sessionId !== base.sessionId) return true
  return !current.tokens || (current.generation > base.generation && !isOver())
}

type Outcome =
  | { tokens: Tokens; receivedAt: number; refused?: never }
  | { tokens?: never; refused: true; cause: unknown }
  | (Omit<Unavailable, 'tries'> & { tokens?: never; refused: false; again: boolean })

/** One call of the refresh function, with its deadline. */
async function attempt(
  parts: FlightParts,
  record: StoredSession,
  remainingMs: () => number,
): Promise<Outcome> {
  const { clock, cookie, signal, timeoutMs } = parts
  const tokens = tokensOf(record)
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  signal.addEventListener('abort', abort)
  try {
    const answered = await within(clock, Math.min(timeoutMs, remainingMs()), async () => {
      const { refreshToken } = tokens
      const answer = await parts.refresh({ refreshToken, tokens, signal: controller.signal })
      return readAnswer(answer, cookie)
    })
    return { tokens: answered, receivedAt: clock.now() }
  } catch (thrown) {
    let error = thrown
    const failure = await readFailure(thrown, clock, remainingMs()).catch(() => {
      // It throws when it is looked at: nothing more is to be known of it.
      error = undefined
      return nothingKnown
    })
    // Only now: the body of the answer may have been on its way yet, with this signal.
    abort()
    const cause = safeCause(error, failure.status, parts.known)
    const saysRefused =
      isSessionError(error) && error.code === 'refresh-refused'
        ? true
        : parts.refused
          ? callSafely(() => parts.refused?.(error), parts.known) === true
          : isRefused(failure)
    if (saysRefused) return { refused: true, cause }
    const { reason, detail, again } = classify(error, failure)
    const { retryAfterMs } = failure
    // It may be the network, or a mistake in the refresh function: the error itself says which.
    const why = reason === 'network' && cause instanceof Error ? ` (${String(cause)})` : ''
    return { refused: false, reason, message: detail + why, cause, again, retryAfterMs }
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

const nothingKnown = { status: undefined, oauthError: undefined, retryAfterMs: undefined }

const tokensOf = (record: StoredSession): Tokens => record.tokens ?? { accessToken: '' }

const idOf = ({ sessionId, generation }: StoredSession) => ({ sessionId, generation })
