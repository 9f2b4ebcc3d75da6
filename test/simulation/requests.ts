import { isSessionError } from 'unexpired'
import { familyOf } from './authorization-server.js'
import { pick } from './choices.js'
import { inForce, look, type Client } from './client.js'
import { AbortedError, bodyOf, LostError, type Answer, type Given, type Shape } from './ways/way.js'
import type { World } from './world.js'

interface Attempt {
  readonly token: string | undefined
  status: 200 | 401 | 'lost' | undefined
}

/** One request of the app, from its making to its end. */
export interface ModelRequest {
  readonly id: string
  readonly shape: Shape
  readonly client: Client
  /** The families that it may have been made in; `undefined` while it is not known who is signed in. */
  owners: readonly (string | undefined)[] | undefined
  readonly attempts: Attempt[]
  /** What was sent first, without the credential. */
  sent: string | undefined
  /** The answer on the error that ended it. */
  shown: Answer | undefined
  readonly controller: AbortController
  /** By the time that its context has run. */
  readonly madeAt: number
  isAborted: boolean
  outcome: Answer | Error | undefined
}

function ownersOf(client: Client): ModelRequest['owners'] {
  const now = inForce(client)
  if (client.signingIn !== undefined) return [client.signingIn, now]
  return client.session.status === 'restoring' ? undefined : [now]
}

/** A request is about to be sent with this token: may it? */
function judgeAttempt(request: ModelRequest, token: string | undefined): void {
  const { client, attempts, id, owners, shape } = request
  const { trace } = client.world
  const first = attempts[0]
  const what = `${client.name} ${id} leaves with ${token ?? 'nothing'}`
  look(client)
  const family = token === undefined ? undefined : familyOf(token)
  if (attempts.length > 1) trace.breaks('G11 nothing is attempted three times', what)
  if (first && first.status !== 401) trace.breaks('G28 only an expired answer is replayed', what)
  if (first && shape === 'once') trace.breaks('G27 what can be sent once is sent once', what)
  // Which cookie went along, nobody here can know.
  const isSame = first?.token === token && !client.world.jar
  if (first && isSame) trace.breaks('a replay carries other tokens', what)
  if (first?.token !== undefined && familyOf(first.token) !== family) {
    trace.breaks('G24 nothing is replayed with the tokens of another session', what)
  }
  if (owners && !owners.includes(family)) {
    trace.breaks(
      'G24 no request goes with the tokens of another session',
      `${what} (${owners.join(' or ')})`,
    )
  }
  if (request.isAborted) trace.breaks('G12 an aborted request is not sent', what)
  if (request.outcome) trace.breaks('G9 what is settled is not sent', what)
  // Made while nobody was signed in, it is no affair of the session, whatever the app does before it goes.
  const isUnsigned = shape === 'slow' && family === undefined
  if (client.isClosed && !isUnsigned) trace.breaks('a closed session sends nothing', what)
  if (family !== undefined && client.ended.has(family)) {
    trace.breaks('G23 no request goes with the tokens of a session that ended', what)
  }
}

/** Is it the request that the app made, and the same the second time? */
function judgeSent(request: ModelRequest, given: Given, sent: string): void {
  const { client, id, sent: first } = request
  const isGiven = sent.endsWith(`\n${bodyOf(given)}`) && !sent.includes('changed')
  request.sent ??= sent
  if (isGiven && (first ?? sent) === sent) return
  client.world.trace.breaks('G26 the replay is the request', `${client.name} ${id}: ${sent}`)
}

function judgeOutcome(request: ModelRequest): void {
  const { client, id, outcome, attempts, isAborted, shape } = request
  const { world } = client
  const { trace } = world
  const what = `${client.name} ${id}: ${outcome instanceof Error ? outcome.message : outcome?.status}`
  const last = attempts.at(-1)
  if (!(outcome instanceof Error)) {
    const isLast = outcome?.attempt === attempts.length && outcome.status === last?.status
    if (!isLast) trace.breaks('an answer is handed over as it came', what)
    const mayHelp = attempts.length === 1 && last?.token !== undefined && shape !== 'once'
    if (outcome?.status === 401 && mayHelp) {
      // Taken as it is while a replay with the same tokens was turned down a moment ago (G11).
      if (!client.session.explain().some(({ type }) => type === 'turned-away')) {
        trace.breaks('a 401 is handed over only where no refresh can help', what)
      }
    }
    return
  }
  if (outcome instanceof AbortedError) {
    if (!isAborted) trace.breaks('G12 only what is aborted rejects so', what)
  } else if (outcome instanceof LostError) {
    if (last?.status !== 'lost') trace.breaks('G28 a network error is its own', what)
  } else if (!isSessionError(outcome)) {
    trace.breaks('G9 every rejection is typed', what)
  } else if (outcome.code === 'refresh-unavailable') {
    if (!world.isExcused('network', 'store trouble', 'interrupted', 'answer lost')) {
      trace.breaks('G19 the refresh is unavailable only where something failed', what)
    }
  } else {
    judgeEnded(request, what)
  }
}

/** Its session is over: was it, and is the answer that came before that at hand? */
function judgeEnded({ client, attempts, owners, shown }: ModelRequest, what: string): void {
  const { world, session } = client
  const { trace } = world
  const turnedAway = attempts.at(-1)?.status === 401 ? attempts.length : undefined
  if (shown?.attempt !== turnedAway) {
    trace.breaks('G19 the answer that turned it away is on the error', what)
  }
  if (session.status !== 'signed-out' && !client.isClosed) {
    const owner = owners?.[0]
    if (owner !== undefined && owner === inForce(client) && !world.isExcused('store trouble')) {
      trace.breaks('G19 only the end of its session ends a request', what)
    }
  }
}

/** Carries one attempt to the API, and its answer back. */
function transmit(request: ModelRequest, attempt: Attempt): Promise<Answer> {
  const { client, id, controller } = request
  const { world, context, name } = client
  const { server, trace, timeline } = world
  const { token } = attempt
  return new Promise<Answer>((resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error))
    const lose = (error: Error): void => {
      timeline.post(context, `${name} ${id} fails`, () => {
        attempt.status ??= 'lost'
        reject(new LostError(error.message))
      })
    }
    const number = request.attempts.length
    const label = `${name} ${id}.${number} with ${token}`
    world.send(undefined, label, { kind: 'api request', of: context, lose }, () => {
      const status = server.accepts(token) ? 200 : 401
      trace.note(() => `api: ${label}: ${status}`)
      const family = token === undefined ? undefined : familyOf(token)
      const answer = `${label}: ${status}`
      world.send(context, answer, { kind: 'api answer', of: context, lose }, () => {
        attempt.status ??= status
        resolve({ status, family, attempt: number })
      })
    })
  })
}

/** What an app's own preparations may take (milliseconds). */
const preparations = [0, 20, 5_000]

/** The app has something to do first. */
function prepare({ id, client, controller }: ModelRequest): Promise<void> {
  const { world, context, name } = client
  return new Promise((resolve) => {
    controller.signal.addEventListener('abort', () => resolve())
    const afterMs = pick(world.choices, preparations)
    world.timeline.post(context, `${name}: ${id} is ready`, resolve, { afterMs })
  })
}

/** The app makes a request. */
export function makeRequest(client: Client, shape: Shape = 'get'): ModelRequest {
  const { world, name, context } = client
  const request: ModelRequest = {
    id: `r${world.requests.length + 1}`,
    client,
    shape,
    owners: ownersOf(client),
    attempts: [],
    sent: undefined,
    shown: undefined,
    controller: new AbortController(),
    madeAt: context.clock.monotonic() - context.stoodStillMs,
    isAborted: false,
    outcome: undefined,
  }
  world.requests.push(request)
  world.waiting.add(request)
  world.trace.note(() => `${name}: ${request.id} is made: ${shape}`)
  const settle = (outcome: Answer | Error): void => {
    if (request.outcome) world.trace.breaks('G9 every request settles once', request.id)
    request.outcome = outcome
    world.waiting.delete(request)
    world.trace.note(
      () =>
        `${name}: ${request.id} ends: ${outcome instanceof Error ? outcome.message : outcome.status}`,
    )
    judgeOutcome(request)
  }
  const given: Given = {
    id: request.id,
    shape,
    signal: request.controller.signal,
    ready: shape === 'slow' ? prepare(request) : undefined,
    shows(answer) {
      request.shown = answer
    },
    leave(attached, sent) {
      // What is signed by nobody is not the session's affair, whatever the browser adds to it.
      const token = world.jar && inForce(client) ? world.jar.accessToken : attached
      judgeAttempt(request, token)
      request.owners ??= [token === undefined ? undefined : familyOf(token)]
      const attempt: Attempt = { token, status: undefined }
      request.attempts.push(attempt)
      world.trace.note(() => `${name}: ${request.id} leaves with ${token ?? 'nothing'}`)
      if (typeof sent === 'string') judgeSent(request, given, sent)
      else void sent.then((text) => judgeSent(request, given, text), settle)
      return transmit(request, attempt)
    },
  }
  client.make(given).then(settle, settle)
  return request
}

export function abort(request: ModelRequest): void {
  request.client.world.trace.note(() => `${request.client.name}: ${request.id} is aborted`)
  request.isAborted = true
  request.controller.abort(new AbortedError(request.id))
}

/** The longest that a request may be kept back, in milliseconds: three turns that do not come, and a flight. */
const longestHoldMs = 240_000

/** What nobody may be kept waiting for. */
export function judgeWaiting(world: World): void {
  for (const { outcome, attempts, client, madeAt, id, isAborted } of world.waiting) {
    if (outcome || client.context.state !== 'running') continue
    if (isAborted) world.trace.breaks('G12 an aborted request ends at once', `${client.name} ${id}`)
    const isOut = attempts.length > 0 && attempts.at(-1)?.status === undefined
    const { clock, stoodStillMs } = client.context
    if (!isOut && clock.monotonic() - madeAt - stoodStillMs > longestHoldMs) {
      world.trace.breaks('G9 nobody is held for ever', `${client.name} ${id}`)
    }
  }
}
