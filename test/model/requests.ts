import { inForce, tokenOf, type ActorState } from './actor-state.js'
import { familyOf } from './authority.js'
import { judgeAttempt, judgeDelay, judgeVerdict } from './judge-attempts.js'
import { judgeSettlement } from './judge-settlements.js'
import type { RequestKind } from './scenario.js'
import { ModelAbort, ModelNetworkError, type Answer } from './subject.js'
import type { World } from './world.js'

export interface Attempt {
  readonly token: string | undefined
  answer: Answer | undefined
  error: unknown
  /** What `expired` said; `undefined` before. */
  expired: boolean | undefined
  /** The replay with this token was turned down a moment ago (G11): its 401 may be the answer. */
  inDoubt: 'yes' | 'perhaps' | 'no'
}

/** One request, from its making to its end. */
export interface ModelRequest {
  readonly id: string
  readonly actor: ActorState
  readonly kind: RequestKind
  readonly controller: AbortController | undefined
  /** The families that it may have been made in; `unknown` while the store is being read. */
  owners: readonly (string | undefined)[] | 'unknown'
  readonly attempts: Attempt[]
  /** Still within the call that made it. */
  isBeingMade: boolean
  abortedIn: number | undefined
  settled: { readonly value: unknown } | { readonly error: unknown } | undefined
  settlements: number
  /** What must have happened when this step has come to rest. */
  expects: 'replay at once' | 'its own answer at once' | undefined
}

function ownersOf(actor: ActorState): ModelRequest['owners'] {
  const { signingIn, subject } = actor
  const now = inForce(actor)
  if (signingIn) {
    // Overruled already, and the app has not heard of it yet.
    return now === signingIn.insteadOf ? [signingIn.family] : [signingIn.family, now]
  }
  return subject.status === 'restoring' ? 'unknown' : [now]
}

/** Makes requests on session objects, carries their attempts, and has all of it judged. */
export function createRequests(world: World) {
  const { trace, authority, step } = world
  const all: ModelRequest[] = []

  function transmit(request: ModelRequest, attempt: Attempt): Promise<Answer> {
    const number = request.attempts.length
    const what = `${request.id}.${number}`
    const carry = async (): Promise<Answer> => {
      await step(`${what} reaches the server`)
      const { token } = attempt
      const isServed =
        request.kind !== 'always turned away' && token !== undefined && authority.accepts(token)
      trace.note(`server: ${what} with ${token ?? 'nothing'}: ${isServed ? 200 : 401}`)
      await step(`${what} is answered`)
      if (request.kind === 'network fails') throw new ModelNetworkError(what)
      return { status: isServed ? 200 : 401, request: request.id, attempt: number }
    }
    return new Promise<Answer>((resolve, reject) => {
      const { signal } = request.controller ?? {}
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
      carry().then(resolve, reject)
    }).then(
      (answer) => {
        trace.note(`${what} gets ${answer.status}`)
        return (attempt.answer = answer)
      },
      (error: unknown) => {
        attempt.error = error
        throw error
      },
    )
  }

  function begin(request: ModelRequest, token: string | undefined): Promise<Answer> {
    const attempt: Attempt = {
      token,
      answer: undefined,
      error: undefined,
      expired: undefined,
      inDoubt: 'no',
    }
    judgeAttempt(request, token)
    request.attempts.push(attempt)
    trace.note(
      `${request.actor.name}: ${request.id}.${request.attempts.length} leaves with ${token ?? 'nothing'}`,
    )
    if (request.owners === 'unknown') {
      request.owners = [token === undefined ? undefined : familyOf(token)]
    }
    return transmit(request, attempt)
  }

  function verdict(request: ModelRequest, answer: Answer | undefined): boolean | Promise<boolean> {
    const isExpired = answer?.status === 401
    if (request.kind !== 'slow verdict') {
      judgeVerdict(request, isExpired, true)
      return isExpired
    }
    return step(`${request.id}: the verdict`).then(() => {
      judgeVerdict(request, isExpired, false)
      return isExpired
    })
  }

  function make(actor: ActorState, kind: RequestKind, abortable: boolean): void {
    const id = `r${all.length + 1}`
    const request: ModelRequest = {
      id,
      actor,
      kind,
      controller: abortable ? new AbortController() : undefined,
      owners: ownersOf(actor),
      attempts: [],
      isBeingMade: true,
      abortedIn: undefined,
      settled: undefined,
      settlements: 0,
      expects: undefined,
    }
    all.push(request)
    trace.note(`${actor.name}: ${id} is made${kind === 'plain' ? '' : ` (${kind})`}`)
    const before = tokenOf(actor)
    const settle = (result: NonNullable<ModelRequest['settled']>): void => {
      request.settlements += 1
      request.settled = result
      const error = 'error' in result ? (result.error as Error) : undefined
      const status = (result as { value?: Answer }).value?.status
      trace.note(`${id} ends: ${error ? `${error.name} ${error.message}` : status}`)
      judgeSettlement(request, result)
    }
    actor.subject
      .send({
        id,
        kind,
        signal: request.controller?.signal,
        attempt: (token) => begin(request, token),
        expired: (answer) => verdict(request, answer),
      })
      .then(
        (value) => settle({ value }),
        (error: unknown) => settle({ error }),
      )
    request.isBeingMade = false
    judgeDelay(request, before)
  }

  return {
    all,
    make,
    abort(which: number): void {
      const open = all.filter(
        (one) => one.controller && !one.settled && one.abortedIn === undefined,
      )
      const request = open[which % open.length]
      if (!request) return
      trace.note(`${request.actor.name}: ${request.id} is aborted`)
      request.abortedIn = world.now
      request.controller?.abort(new ModelAbort(request.id))
    },
    /** What a step that came to rest must have brought about. */
    judgeRest(): void {
      for (const request of all) {
        const { id, expects, settled, attempts } = request
        request.expects = undefined
        const isJudging = request.kind === 'slow verdict'
        if (request.abortedIn !== undefined && !settled && !isJudging) {
          trace.breaks('G12 an aborted request ends at once', id)
        }
        if (settled || !expects || request.abortedIn !== undefined) continue
        if (expects === 'its own answer at once' || attempts.length < 2) {
          trace.breaks(`G2 G11 ${expects}`, `${id} still waits`)
        }
      }
    },
  }
}
