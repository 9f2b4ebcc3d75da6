import { onTestFinished } from 'vitest'

import { createSession } from 'unexpired'
import type { Lease, Session, SessionEvent, SessionOptionsBase } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import type { FakeClock } from 'unexpired/testing'

import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import type { ScriptedRefresh } from './scripted-refresh.js'

export interface StartOptions extends Omit<SessionOptionsBase, 'clock'> {
  refresh?: ScriptedRefresh
  clock?: FakeClock
}

export interface Started {
  readonly session: Session
  readonly clock: FakeClock
  readonly refresh: ScriptedRefresh
}

/** A session under a fake clock, which is closed when its test ends. */
export function startSession(options: StartOptions = {}): Started {
  const { clock = fakeClock(), refresh = scriptedRefresh(), ...rest } = options
  const session = createSession({ ...rest, clock, refresh })
  onTestFinished(() => void session.close())
  return { session, clock, refresh }
}

/** The same, signed in with the tokens of generation 1, which live for 60 seconds. */
export async function signedIn(options: StartOptions = {}): Promise<Started> {
  const started = startSession(options)
  await started.session.signIn(tokensOf(1))
  return started
}

/** The events of a session of these types, or of all, as far as it remembers. */
export function eventsOf(session: Session, ...types: SessionEvent['type'][]): SessionEvent[] {
  return session.explain().filter(({ type }) => !types.length || types.includes(type))
}

/** Sends requests to an API that takes only these access tokens, and remembers each lease. */
export function api(session: Session, ...good: readonly string[]) {
  const leases: Lease[] = []
  const send = (): Promise<{ status: number; by: string | undefined }> =>
    session.authorize((lease) => {
      leases.push(lease)
      const by = lease.accessToken
      return Promise.resolve({ status: by !== undefined && good.includes(by) ? 200 : 401, by })
    })
  return { send, leases }
}
