import { RefreshRefusedError, type RefreshRequest, type TokenResponse } from 'unexpired'
import { familyOf, type Grant } from './authority.js'
import type { RefreshFate } from './scenario.js'
import { tokensOf, type RefreshCall, type World } from './world.js'

/** An HTTP error as clients throw it. */
const answered = (status: number, data?: unknown, headers: Record<string, string> = {}): Error =>
  Object.assign(new Error(`answered ${status}`), { status, data, headers })

/** Fates in which the server has done its work before anything goes wrong. */
const rotatesFirst: readonly RefreshFate[] = [
  'ok',
  'ok, same refresh token',
  'lost after',
  'server error after',
  'nonsense',
  'late',
]

interface RefresherParts {
  readonly world: World
  readonly actor: string
  /** Judges a call before it is made. */
  begins(call: RefreshCall, request: RefreshRequest): void
  /** The session object is being closed right now. */
  isClosing(): boolean
}

/** The app's refresh function: every call has its fate, and its steps are the scheduler's. */
export function createRefresher({ world, actor, begins, isClosing }: RefresherParts) {
  const { trace, authority, step, calls } = world

  /** What the server does when the call reaches it. */
  function serve(call: RefreshCall, fate: RefreshFate): Grant | undefined {
    if (fate === 'refused' || fate === 'refused by 401' || fate === 'refused by type') {
      authority.revoke(familyOf(call.accessToken))
      return undefined
    }
    const grant = authority.refresh(call.refreshToken, fate !== 'ok, same refresh token')
    call.rotated = grant?.refreshToken !== undefined
    trace.note(`server: ${call.id} ${grant ? `gives ${grant.accessToken}` : 'invalid_grant'}`)
    return grant
  }

  /** What the client gets to see. */
  function answer(fate: RefreshFate, grant: Grant | undefined): Grant {
    if (fate === 'refused by 401') throw answered(401)
    if (fate === 'refused by type') throw new RefreshRefusedError('never again')
    if (fate === 'busy') throw answered(429, undefined, { 'retry-after': '2' })
    if (fate === 'server error before') throw answered(503)
    if (fate === 'invalid client') throw answered(401, { error: 'invalid_client' })
    if (fate === 'lost before') throw new TypeError('failed to fetch')
    if (!grant) throw answered(400, { error: 'invalid_grant' })
    if (fate === 'lost after') throw new TypeError('failed to fetch')
    if (fate === 'server error after') throw answered(502, '<html>')
    return grant
  }

  function endOf(error: unknown): 'refused' | 'unavailable' {
    if (error instanceof RefreshRefusedError) return 'refused'
    const { status, data } = error as { status?: number; data?: { error?: string } }
    const isRefusal = data?.error === 'invalid_grant' || (status === 401 && !data?.error)
    return isRefusal ? 'refused' : 'unavailable'
  }

  async function exchange(
    call: RefreshCall,
    fate: RefreshFate,
    signal: AbortSignal,
  ): Promise<TokenResponse> {
    const hangs = (): Promise<never> =>
      new Promise((_, reject) => {
        if (world.scenario.heedsAbort) {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        }
      })
    if (fate === 'hangs') return hangs()
    await step(`${call.id} reaches the server`)
    const grant =
      rotatesFirst.includes(fate) || fate.startsWith('refused') ? serve(call, fate) : undefined
    if (fate === 'late') {
      if (!signal.aborted) await new Promise((go) => signal.addEventListener('abort', go))
      trace.note(`${call.id} is answered late`)
    }
    await step(`${call.id} is answered`)
    if (world.scenario.heedsAbort && signal.aborted) throw new Error('aborted')
    const given = answer(fate, grant)
    if (!signal.aborted) world.received(given, actor)
    if (fate === 'nonsense') return { token: 'what is this' } as unknown as TokenResponse
    return tokensOf(given)
  }

  return function refresh(request: RefreshRequest): Promise<TokenResponse> {
    const { tokens, refreshToken, signal } = request
    const fate = world.nextFate()
    const call: RefreshCall = {
      id: `refresh ${calls.length + 1}`,
      actor,
      accessToken: tokens.accessToken,
      refreshToken,
      end: undefined,
      rotated: false,
      droppedByClose: false,
    }
    trace.note(
      `${actor}: ${call.id} spends ${refreshToken} of ${tokens.accessToken}${fate === 'ok' ? '' : ` (${fate})`}`,
    )
    begins(call, request)
    calls.push(call)
    const end = (how: RefreshCall['end']): void => {
      if (call.end) return
      call.end = how
      trace.note(`${call.id}: ${how}`)
    }
    signal.addEventListener('abort', () => {
      if (!call.end) call.droppedByClose = isClosing()
      end('dropped')
    })
    if (fate === 'throws at once') {
      end('unavailable')
      throw new TypeError('refresh is broken')
    }
    if (fate === 'proxy page') {
      return step(`${call.id} is answered`).then(() => {
        end('unavailable')
        return '<html>sign in to the wifi</html>' as unknown as TokenResponse
      })
    }
    return exchange(call, fate, signal).then(
      (response) => {
        end('accessToken' in response ? 'tokens' : 'unavailable')
        return response
      },
      (error: unknown) => {
        const how = endOf(error)
        if (how === 'refused' && !call.end) world.refused.add(familyOf(tokens.accessToken))
        end(how)
        throw error
      },
    )
  }
}
