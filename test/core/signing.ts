import { onTestFinished } from 'vitest'

import { createSession } from 'unexpired'
import type { Credential, CredentialHeaders } from 'unexpired'
import { fakeClock } from 'unexpired/testing'

import { deferred, observe } from './observed.js'
import type { Deferred } from './observed.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import type { ScriptedRefresh } from './scripted-refresh.js'
import type { StartOptions, Started } from './start-session.js'

/** A session with a credential of the app's own, under a fake clock. */
export function startWith(credential: Credential, options: StartOptions = {}): Started {
  const { clock = fakeClock(), refresh = scriptedRefresh(), ...rest } = options
  const session = createSession({ ...rest, clock, refresh, credential })
  onTestFinished(() => void session.close())
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

/** Signing that waits until it is told to go on, and a request that writes down what it is sent with. */
export async function slowSigning(refresh: ScriptedRefresh = scriptedRefresh()) {
  const asked: { token: string; answer: Deferred<CredentialHeaders> }[] = []
  const credential: Credential = ({ accessToken }) => {
    const pending = deferred<CredentialHeaders>()
    asked.push({ token: accessToken, answer: pending })
    return pending.promise
  }
  const started = await signedInWith(credential, { refresh })
  const sent: { token: string | undefined; headers: CredentialHeaders }[] = []
  const send = (...statuses: number[]) =>
    observe(
      started.session.authorize(({ accessToken: token }, headers) => {
        sent.push({ token, headers })
        return Promise.resolve({ status: statuses.shift() ?? 200 })
      }),
    )
  /** Lets the signings that wait go on. */
  async function answer(): Promise<void> {
    for (const { token, answer: each } of asked) each.resolve({ 'X-Signed': token })
    await started.clock.advance(0)
  }
  return { ...started, asked, sent, send, answer, tokens: () => asked.map(({ token }) => token) }
}

/** What an attempt with this token is sent with. */
export const signed = (token: string) => ({ token, headers: { 'X-Signed': token } })

/** What nobody handled while a test ran. */
export function unhandled(): unknown[] {
  const seen: unknown[] = []
  const listener = (reason: unknown): void => void seen.push(reason)
  process.on('unhandledRejection', listener)
  onTestFinished(() => void process.off('unhandledRejection', listener))
  return seen
}

/** Node tells of unhandled rejections after a turn of the event loop. */
export const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((done) => void setImmediate(done))
}
