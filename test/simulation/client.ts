import { createSession, isSessionError } from 'unexpired'
import type { Session, SessionOptionsBase, Tokens } from 'unexpired'
import { familyOf } from './authorization-server.js'
import { pick } from './choices.js'
import type { Context } from './context.js'
import { createRefresh, inSight, tokensOf } from './refreshes.js'
import type { Make } from './ways/way.js'
import { connect, wayNames } from './ways/ways.js'
import type { World } from './world.js'

/** One session object in one context, and the app around it. */
export interface Client {
  readonly name: string
  readonly world: World
  readonly context: Context
  readonly session: Session
  /** Makes its requests. */
  readonly make: Make
  /** The app has signed in, and has not heard yet that it is done. */
  signingIn: string | undefined
  /** Families that ended here, with the reason that was told. */
  readonly ended: Map<string, string>
  /** How often each end was told. */
  readonly told: Map<string, number>
  /** Families that were in force here at some time. */
  readonly lived: Set<string>
  /** Families that the app asked to refresh, or called expired. */
  readonly asked: Set<string>
  /** Calls of the app that are not settled. */
  readonly open: Set<string>
  isClosed: boolean
  /** What was looked at last. */
  seen: Tokens | undefined
}

/** The family in force. */
export function inForce({
  session,
  world: { jar },
}: Pick<Client, 'session' | 'world'>): string | undefined {
  // Nothing can be read here: all live sessions are those of the one who signed in.
  if (jar) return /active|refreshing/.test(session.status) ? jar.family : undefined
  const token = session.tokens?.accessToken
  return token === undefined ? undefined : familyOf(token)
}

/** Learns, or checks, whose a session id is. */
function belongs(world: World, sessionId: string | undefined, token: string | undefined): void {
  if (!sessionId || !token) return
  const family = familyOf(token)
  const known = world.families.get(sessionId)
  if (known === undefined) world.families.set(sessionId, family)
  else if (known !== family) {
    world.trace.breaks('G24 a session has the tokens of one sign-in only', `${known} got ${token}`)
  }
}

/** Looks at a session: it must be of one piece, and nothing that ended may live. */
export function look(client: Client): void {
  const { session, world, context } = client
  const { tokens } = session
  if (world.jar) lookAtCookies(client, world.jar.family)
  if (!tokens || (tokens === client.seen && !client.ended.size)) return
  client.seen = tokens
  const { accessToken, refreshToken = '' } = tokens
  const family = familyOf(accessToken)
  belongs(world, session.getSnapshot().sessionId, accessToken)
  if (familyOf(refreshToken) !== family) {
    world.trace.breaks('the tokens of two sign-ins never mix', `${accessToken} ${refreshToken}`)
  }
  if (!world.written.has(accessToken) && !context.storeFailed) {
    world.trace.breaks('G30 tokens are stored before anybody is given them', accessToken)
  }
  client.lived.add(family)
  if (client.ended.has(family)) livesOn(client, family, accessToken)
}

function lookAtCookies(client: Client, family: string): void {
  if (inForce(client) === undefined) return
  client.lived.add(family)
  if (client.ended.has(family)) livesOn(client, family, 'a cookie')
}

function livesOn(client: Client, family: string, token: string): void {
  const { world, name } = client
  if (world.isExcused('store trouble')) {
    // Its holder never heard that the store had kept it, nor what came of it: it was stored once more.
    client.ended.delete(family)
    client.told.clear()
  } else {
    world.trace.breaks('G23 nothing is resurrected after its end', `${name} has ${token}`)
  }
}

function signedOut(client: Client, sessionId: string | undefined, reason: string): void {
  const { world, name } = client
  const { trace } = world
  const family = world.families.get(sessionId ?? '')
  trace.note(() => `${name}: onSignedOut ${family ?? sessionId} ${reason}`)
  const times = (client.told.get(sessionId ?? '') ?? 0) + 1
  client.told.set(sessionId ?? '', times)
  if (times > 1) trace.breaks('G18 each end is told once', `${name}: ${family}`)
  if (client.isClosed) trace.breaks('a closed session tells nothing', `${name}: ${reason}`)
  if (family === undefined) return
  client.ended.set(family, reason)
  const isRight =
    reason === 'refused'
      ? world.refused.has(family)
      : reason === 'signed-out'
        ? world.signedOut.has(family) || world.blindSignOuts > 0
        : world.signIns > 1 || (!!world.jar && world.isExcused('store trouble'))
  if (!isRight) {
    trace.breaks('G15 a session ends only when refused or signed out', `${name}: ${reason}`)
  }
}

export function createClient(world: World, context: Context, name: string): Client {
  const refresh = createRefresh(() => client)
  const options: SessionOptionsBase = {
    store: context.store,
    clock: context.clock,
    onSignedOut: ({ sessionId, reason }) => signedOut(client, sessionId, reason),
  }
  const session = createSession(
    world.jar
      ? { ...options, credential: 'cookie', refresh: (request) => refresh(request).then(inSight) }
      : { ...options, refresh },
  )
  const way = world.setting.way ?? pick(world.choices, wayNames)
  world.trace.note(() => `${name} sends with ${way}`)
  const client: Client = {
    name,
    world,
    context,
    signingIn: undefined,
    ended: new Map(),
    told: new Map(),
    lived: new Set(),
    asked: new Set(),
    open: new Set(),
    isClosed: false,
    seen: undefined,
    session,
    make: connect(way, session),
  }
  session.on('store-failed', () => {
    context.storeFailed = true
    world.excuse('store trouble')
  })
  session.on('turn-missed', ({ message }) => {
    world.trace.note(() => `${name}: ${message}`)
    world.excuse('without a turn')
  })
  world.clients.push(client)
  return client
}

/** Follows what the app asked for: it must settle, and may reject only with these codes. */
export function follow(
  client: Client,
  what: string,
  promise: Promise<unknown>,
  mayReject: readonly string[] = [],
): Promise<void> {
  const key = `${client.name}: ${what} (${(client.world.calls += 1)})`
  const { trace } = client.world
  trace.note(() => `${client.name}: ${what}`)
  client.open.add(key)
  return promise.then(
    () => {
      client.open.delete(key)
      trace.note(() => `${client.name}: ${what} is done`)
    },
    (error: unknown) => {
      client.open.delete(key)
      const code = isSessionError(error) ? error.code : String(error)
      trace.note(() => `${client.name}: ${what} rejects: ${code}`)
      if (!mayReject.includes(code)) {
        trace.breaks('G9 every rejection is typed', `${client.name}: ${what}: ${code}`)
      }
    },
  )
}

/** The app signs a user in. */
export function signIn(client: Client, user: string): void {
  const { world, session } = client
  const grant = world.server.signIn(user)
  world.signIns += 1
  client.signingIn = grant.family
  void follow(client, `signs in ${grant.family}`, session.signIn(tokensOf(grant)), [
    'session-ended',
  ]).then(() => {
    if (client.signingIn === grant.family) client.signingIn = undefined
  })
}
