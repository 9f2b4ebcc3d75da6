import { createSession } from 'unexpired'
import type { Clock, Session, SessionEvent, SessionEvents, TokenStore } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

import type { Outcome, SignOut, WorkerSettings } from './orders.js'
import type { Steps } from './steps.js'

/** One user's session in a worker. */
export interface Member {
  readonly session: Session
  readonly events: readonly SessionEvent[]
  send(path: string): Promise<Outcome>
}

/** All that `explain()` lists: who listens to `sent` and `settled` makes every request cost more. */
const eventTypes: Readonly<Record<Exclude<keyof SessionEvents, 'sent' | 'settled'>, true>> = {
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
  closed: true,
  'signed-out': true,
}

interface MemberParts {
  readonly user: string
  readonly settings: WorkerSettings
  readonly store: TokenStore
  readonly steps: Pick<Steps, 'at'>
  readonly clock: Clock
  readonly signedOut: SignOut[]
}

export function createMember(parts: MemberParts): Member {
  const { user, settings, store, steps, clock, signedOut } = parts
  const { url } = settings
  const events: SessionEvent[] = []
  const session = createSession({
    ...settings.session,
    store,
    clock,
    async refresh({ refreshToken, signal }) {
      await steps.at('refreshing', user)
      const answering = fetch(`${url}/auth/refresh`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ refreshToken }),
        signal,
      })
      answering.catch(() => undefined)
      await steps.at('sent', user)
      const answer = await answering
      await steps.at('rotated', user)
      if (!answer.ok) return answer
      const tokens = (await answer.json()) as { accessToken: string }
      await steps.at('answered', user)
      return tokens
    },
    onSignedOut: ({ reason, sessionId }) => void signedOut.push({ reason, sessionId }),
  })
  for (const type of Object.keys(eventTypes) as (keyof SessionEvents)[]) {
    session.on(type, (event) => void events.push(event))
  }
  const sessionFetch = createFetch(session, { origins: [url] })
  return {
    session,
    events,
    send: (path) => sessionFetch(`${url}/api${path}`).then(shown, failed),
  }
}

async function shown(answer: Response): Promise<Outcome> {
  const { user, generation } = Object(await answer.json().catch(() => undefined)) as Outcome
  return {
    status: answer.status,
    ...(user === undefined ? {} : { user }),
    ...(generation === undefined ? {} : { generation }),
  }
}

/** Errors become outcomes, so that no request that is kept for later is a rejection meanwhile. */
function failed(thrown: unknown): Outcome {
  const { code, name, reason } = Object(thrown) as Record<string, unknown>
  return {
    error: String(code ?? name ?? thrown),
    ...(typeof reason === 'string' ? { reason } : {}),
  }
}

/** The real clock, which can be put forward. */
export function sleepyClock(): { clock: Clock; sleep(ms: number): void } {
  let aheadMs = 0
  return {
    clock: {
      now: () => Date.now() + aheadMs,
      monotonic: () => performance.now(),
      setTimeout(run, ms, options) {
        const timer = setTimeout(run, ms)
        if (!options?.keepAlive) timer.unref()
        return () => clearTimeout(timer)
      },
    },
    sleep(ms) {
      aheadMs += ms
    },
  }
}
