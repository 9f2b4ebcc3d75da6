import { isSessionError } from 'unexpired'
import { createActorState, inForce, look, tokenOf, type ActorState } from './actor-state.js'
import { familyOf } from './authority.js'
import { createRefreshJudge } from './judge-refreshes.js'
import { createRefresher } from './refresh-calls.js'
import type { SubjectFactory } from './subject.js'
import { tokensOf, type World } from './world.js'

/** One session object with the app around it. */
export interface Actor extends ActorState {
  signIn(user: string): void
  signOut(): void
  adopt(rotates: boolean): void
  refresh(): void
  getAccessToken(): void
  close(): void
  /** What the app has asked for and not yet got an answer to. */
  readonly open: ReadonlySet<string>
}

const show = (error: unknown): string =>
  error instanceof Error ? `${error.name} ${error.message}` : typeof error

/** So often an app's sign-out listener acts in one run: it must come to an end. */
const mostReactions = 3

export function createActor(world: World, name: string, makeSubject: SubjectFactory): Actor {
  const { scenario, trace, authority, stores } = world
  const open = new Set<string>()
  let reactions = 0
  let asked = 0
  let isClosing = false
  let closedWith: string | undefined

  const subject = makeSubject({
    store: stores.storeFor(name),
    clock: world.clock,
    through: scenario.refreshThroughClient,
    refresh(request, carried) {
      if (carried !== undefined) {
        trace.breaks('G10 the refresh itself carries no token', `${name} sent ${carried}`)
      }
      return refresher(request)
    },
    onSignedOut({ sessionId, reason }) {
      signedOut(sessionId, reason)
      if (scenario.whenSignedOut === 'nothing' || actor.closed || ++reactions > mostReactions)
        return
      trace.note(`${name}: the app reacts`)
      if (scenario.whenSignedOut === 'sign in') actor.signIn('eve')
      else if (scenario.whenSignedOut === 'sign out') actor.signOut()
      else actor.refresh()
    },
  })
  world.actors += 1
  const state = createActorState(name, world, subject)
  const judge = createRefreshJudge(state)
  const refresher = createRefresher({
    world,
    actor: name,
    begins: (call, request) => judge.begins(call, request),
    isClosing: () => isClosing,
  })
  subject.watch?.({ ...judge, changed: () => look(state) })

  function signedOut(sessionId: string | undefined, reason: string): void {
    const family = world.familyOf(sessionId)
    trace.note(`${name}: onSignedOut ${family ?? sessionId} ${reason}`)
    const times = (state.told.get(sessionId ?? '') ?? 0) + 1
    state.told.set(sessionId ?? '', times)
    if (times > 1) trace.breaks('G18 each end is told once', `${name}: ${family ?? sessionId}`)
    if (state.closed) trace.breaks('a closed session tells nothing', `${name}: ${reason}`)
    if (family === undefined) return
    state.ended.set(family, reason)
    const isRight =
      reason === 'refused'
        ? world.refused.has(family)
        : reason === 'signed-out'
          ? world.blindSignOuts > 0 || world.signedOut.has(family) || world.refused.has(family)
          : world.signIns > 1
    if (!isRight)
      trace.breaks('G15 a session ends only when refused or signed out', `${name}: ${reason}`)
    look(state)
  }

  /** Follows what the app has asked for: it must settle, and reject only as `mayReject` allows. */
  function follow(
    what: string,
    promise: Promise<unknown>,
    mayReject: readonly string[],
    settled: (error?: unknown) => void = () => undefined,
  ): void {
    const key = `${name}: ${what} (${++asked})`
    trace.note(key)
    open.add(key)
    const end = (error?: unknown): void => {
      open.delete(key)
      trace.note(`${key} ${error === undefined ? 'is done' : `rejects: ${show(error)}`}`)
      const code = isSessionError(error) ? error.code : ''
      if (error !== undefined && !mayReject.includes(code)) {
        trace.breaks('G9 every rejection is typed', `${key}: ${show(error)}`)
      }
      settled(error)
    }
    promise.then(
      () => end(),
      (error: unknown) => end(error ?? new Error('rejected with nothing')),
    )
  }

  const actor: Actor = Object.assign(state, {
    open,
    signIn(user: string) {
      const grant = authority.signIn(user)
      world.received(grant, name)
      world.signIns += 1
      const insteadOf = inForce(state)
      // Not only who is in force: the store may hold somebody who is not known here yet.
      const kept = stores.kept()?.tokens?.accessToken
      for (const token of [tokenOf(state), kept]) if (token) world.replaced.add(familyOf(token))
      trace.note(`${name}: ${grant.family} signs in`)
      const own = { family: grant.family, insteadOf }
      // Before the call: listeners run within it.
      state.signingIn = own
      const signing = subject.signIn(tokensOf(grant))
      follow(`signIn ${grant.family}`, signing, ['session-ended'], () => {
        if (state.signingIn === own) state.signingIn = undefined
        look(state)
      })
    },
    signOut() {
      const families = [inForce(state) ?? closedWith, state.signingIn?.family]
      const isRestoring = subject.status === 'restoring'
      state.signingIn = undefined
      for (const family of families) if (family !== undefined) world.signedOut.add(family)
      // Said before the store was read, it is meant for whoever will be found there.
      const kept = stores.kept()?.tokens?.accessToken
      const isBlind = kept !== undefined && !state.lived.has(familyOf(kept))
      if (isBlind || stores.troubled || !state.lived.size) world.blindSignOuts += 1
      follow('signOut', subject.signOut(), [])
      const left = inForce(state)
      if (!isRestoring && left !== undefined && families.includes(left)) {
        trace.breaks('G23 signing out takes effect at once', `${name} still has ${left}`)
      }
    },
    adopt(rotates: boolean) {
      const family = inForce(state)
      if (family === undefined || state.signingIn || state.closed) return
      // A push that rotates while a refresh is under way is a race that no client can win.
      const isRace = scenario.sessions > 1 || subject.status === 'refreshing'
      const grant = authority.push(family, rotates && !isRace)
      if (!grant) return
      world.received(grant, name)
      follow(`adopt ${grant.accessToken}`, subject.adopt(tokensOf(grant)), ['session-ended'])
    },
    refresh() {
      state.refreshing += 1
      follow('refresh', subject.refresh(), ['session-ended', 'refresh-unavailable'], () => {
        state.refreshing -= 1
      })
    },
    getAccessToken() {
      const owner = state.signingIn?.family ?? inForce(state)
      const isUnknown = subject.status === 'restoring' && !state.signingIn
      const getting = subject.getAccessToken?.()
      if (!getting) return
      const allowed = ['session-ended', 'refresh-unavailable']
      const judged = getting.then((token) => {
        const family = token === undefined ? undefined : familyOf(token)
        if (!isUnknown && family !== owner && !world.isBurst) {
          trace.breaks(
            'G24 no request goes with the tokens of another session',
            `${name}: ${token}`,
          )
        }
      })
      follow('getAccessToken', judged, allowed)
    },
    close() {
      if (state.closed) return
      trace.note(`${name}: close`)
      closedWith = inForce(state)
      state.closed = true
      isClosing = true
      subject.close()
      isClosing = false
      if (tokenOf(state) !== undefined) trace.breaks('a closed session has no tokens', name)
    },
  })
  return actor
}
