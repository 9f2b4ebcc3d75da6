import { onTestFinished } from 'vitest'

import { createSession } from 'unexpired'
import type { Credential } from 'unexpired'
import { fakeClock } from 'unexpired/testing'

import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import type { StartOptions, Started } from './start-session.js'

/** A session with a credential of the app's own, under a fake clock. */
export function startWith(credential: Credential, options: StartOptions = {}): Started {
  const { clock = fakeClock(), refresh = scriptedRefresh(), ...rest } = options
  const session = createSession({ ...rest, clock, refresh, credential })
  onTestFinished(() => session.close())
  return { session, clock, refresh }
}

/** The same, signed in with the tokens of generation 1, which live for 60 seconds. */
export async function signedInWith(
  credential: Credential,
  options: StartOptions = {},
): Promise<Started> {
  const started = startWith(credential, options)
  await started.session.signIn(tokensOf(1))
  return started
}
