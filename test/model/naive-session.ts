import { RefreshUnavailableError, SessionEndedError, type Tokens } from 'unexpired'
import { createNaiveState, type Flaw, type Live } from './naive-state.js'
import type { Answer, Sending, Subject, SubjectFactory, SubjectParts } from './subject.js'

export type { Flaw }

const pauseMs = 1_000

/** Small, right as far as one session on a sync store goes, and wrong on demand. */
export function naiveSession(flaw?: Flaw): SubjectFactory {
  return (parts) => createNaive(parts, flaw)
}

function createNaive(parts: SubjectParts, flaw?: Flaw): Subject {
  const { clock, refresh } = parts
  const own = createNaiveState(parts, flaw)
  const { live, take, end, tell, ended, decide, settle } = own
  let ids = 0
  let started: (trigger: string) => void = () => undefined
  let unavailable: (retryAfterMs: number) => void = () => undefined

  const failure = (retryAfterMs: number): Error =>
    flaw === 'an error without a type'
      ? new Error('refresh failed')
      : new RefreshUnavailableError('network', retryAfterMs, 'it failed')

  async function fly(trigger: string): Promise<void> {
    const base = own.current
    if (!base) return
    const controller = new AbortController()
    own.flight = controller
    started(trigger)
    const { sessionId, generation, tokens } = base
    try {
      const request = { refreshToken: tokens.refreshToken, tokens, signal: controller.signal }
      const fresh = await refresh(request, undefined)
      const isStillOurs =
        own.current?.sessionId === sessionId ||
        (flaw === 'the refresh undoes a sign-out' && !own.current)
      if (flaw === 'two users are mixed' && own.current && !isStillOurs) {
        const { accessToken } = fresh as Tokens
        take({ accessToken }, own.current.sessionId, own.current.generation + 1)
      } else if (isStillOurs)
        take(fresh, sessionId, Math.max(generation, own.current?.generation ?? 0) + 1)
      if (own.flight === controller) own.flight = undefined
      settle()
    } catch (error) {
      if (own.flight !== controller) return
      own.flight = undefined
      const { status } = error as { status?: number }
      if (status === 400 || flaw === 'any error signs out') return end('refused')
      if (flaw !== 'no cool-down') own.coolUntil = clock.monotonic() + pauseMs
      unavailable(pauseMs)
      settle(failure(pauseMs))
      if (flaw === 'a rejection is left alone') void Promise.reject(error)
    }
  }

  function wait(
    sending: Sending | undefined,
    id: string | undefined,
    after: number,
  ): Promise<Live> {
    const answer = decide({ id, after })
    if (answer instanceof Error) return Promise.reject(answer)
    if (answer) return Promise.resolve(answer)
    const leftMs = own.coolUntil - clock.monotonic()
    if (!own.flight && leftMs > 0 && sending) return Promise.reject(failure(leftMs))
    if (flaw === 'a timer is left alone')
      clock.setTimeout(() => undefined, 1e9, { keepAlive: true })
    return new Promise((go, fail) => {
      const waiter = { id, after, go, fail }
      own.waiters.add(waiter)
      const signal = sending?.signal
      if (flaw !== 'an abort does not reach who waits') {
        signal?.addEventListener('abort', () => {
          if (own.waiters.delete(waiter)) fail(signal.reason as Error)
        })
      }
      if (!own.flight || flaw === 'every 401 refreshes')
        void fly(sending ? 'turned-away' : 'requested')
    })
  }

  async function attempt(sending: Sending, token: string | undefined): Promise<Answer> {
    try {
      return await sending.attempt(token)
    } catch (error) {
      if (flaw !== 'network errors are replayed') throw error
      return sending.attempt(token)
    }
  }

  async function send(sending: Sending): Promise<Answer> {
    if (own.closed) throw ended()
    const id = own.current?.sessionId
    if (!own.current) return sending.attempt(undefined)
    const isHeld = own.current === own.dead && flaw !== 'requests leave during a refresh'
    let used = isHeld ? await wait(sending, id, own.current.generation) : own.current
    for (let time = 1; ; time++) {
      const answer = await attempt(sending, used.tokens.accessToken)
      const verdict = sending.expired(answer)
      if (!(typeof verdict === 'boolean' ? verdict : await verdict)) return answer
      const isCurrent = used === own.current
      if (time > 1 && flaw !== 'replays without end') {
        if (isCurrent) own.doubt = { record: used, until: clock.monotonic() + pauseMs }
        return answer
      }
      const isDoubted = own.doubt?.record === used && clock.monotonic() < own.doubt.until
      if (isCurrent && isDoubted && flaw !== 'a refresh for every doubt') return answer
      if (flaw === 'a 401 in the queue is handed over' && own.flight) return answer
      if (flaw === 'a flag instead of generations') own.dead = own.current
      else if (isCurrent) own.dead = used
      if (sending.signal?.aborted) throw sending.signal.reason
      const isOnce = sending.kind === 'once only' && flaw !== 'streams are replayed'
      const after =
        flaw === 'a flag instead of generations' ? (own.current?.generation ?? 0) : used.generation
      try {
        used = await wait(sending, id, after)
      } catch (error) {
        const isUnavailable = error instanceof RefreshUnavailableError
        if (isOnce && isUnavailable) return answer
        throw error instanceof SessionEndedError
          ? new SessionEndedError(error.reason, answer)
          : error
      }
      if (isOnce) return answer
    }
  }

  return {
    get status() {
      return !live() ? 'signed-out' : own.flight ? 'refreshing' : 'active'
    },
    get tokens() {
      return live()?.tokens
    },
    get sessionId() {
      return live()?.sessionId
    },
    get generation() {
      return own.current?.generation ?? 0
    },
    ready: Promise.resolve(),
    async signIn(tokens) {
      if (own.closed) throw ended()
      const old = own.current
      take(tokens, `naive-${clock.monotonic()}-${++ids}-${(tokens as Tokens).accessToken}`, 1)
      if (old) tell(old, 'replaced')
    },
    async adopt(tokens) {
      if (own.closed || !own.current) throw ended()
      take(tokens, own.current.sessionId, own.current.generation + 1)
      settle()
    },
    async signOut() {
      if (!own.closed) end('signed-out')
    },
    async refresh() {
      if (!live()) throw ended()
      await wait(undefined, own.current?.sessionId, own.current?.generation ?? 0)
    },
    send,
    close() {
      own.closed = true
      settle()
    },
    watch(listeners) {
      started = listeners.started
      unavailable = listeners.unavailable
    },
  }
}
