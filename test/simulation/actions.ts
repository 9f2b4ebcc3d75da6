import { pick } from './choices.js'
import { follow, inForce, signIn, type Client } from './client.js'
import { tokensOf } from './refreshes.js'
import { abort, makeRequest } from './requests.js'
import type { Shape } from './ways/way.js'
import type { World } from './world.js'

/** What apps and users do, the most frequent repeated. */
const actions = [
  'request',
  'request',
  'request',
  'request',
  'expire',
  'wait',
  'wait',
  'get access token',
  'abort',
  'refresh',
  'call expired',
  'sign in',
  'sign out',
  'adopt',
  'close',
  'open',
  'revoke',
] as const

/** What requests carry, the most frequent repeated. */
const shapes: readonly Shape[] = ['get', 'get', 'post', 'request', 'slow', 'once']

/** Milliseconds between two things that users do. */
const waits = [1_000, 30_000, 250_000, 1_000, 61_000, 3_600_000]

/** Families that lived where the app now signs out, or in the store that it has not read yet. */
function signOut(client: Client, kept: string | undefined): void {
  const { world, session } = client
  const families = [inForce(client), client.signingIn]
  // Said before the store was read, or where it never had who was signed in here, it is meant for whoever is
  // found there.
  const isBlind =
    session.status === 'restoring' || !client.lived.size || world.isExcused('store trouble')
  for (const family of isBlind ? [...families, kept] : families) {
    if (family !== undefined) world.signedOut.add(family)
  }
  if (isBlind) world.blindSignOuts += 1
  world.signOuts += 1
  client.signingIn = undefined
  void follow(client, 'signs out', session.signOut())
  const left = inForce(client)
  if (session.status !== 'restoring' && left !== undefined && families.includes(left)) {
    world.trace.breaks('G23 signing out takes effect at once', `${client.name} has ${left}`)
  }
}

/** Does one thing that an app or a user might do now. Returns how long nothing else is done. */
export function act(world: World, open: () => void): number {
  const { choices, server, trace } = world
  const living = world.clients.filter(({ context, isClosed }) => context.isRunning && !isClosed)
  const what = pick(choices, actions)
  if (what === 'wait') return pick(choices, waits)
  if (what === 'open' || !living.length) {
    open()
    return 0
  }
  if (what === 'expire') {
    trace.note(() => 'server: all access tokens are expired')
    server.expireAll()
    return 0
  }
  const client = pick(choices, living)
  const { session } = client
  switch (what) {
    case 'request': {
      for (let count = pick(choices, [1, 1, 1, 2, 3]); count > 0; count--)
        makeRequest(client, pick(choices, shapes))
      return 0
    }
    case 'abort': {
      const waiting = world.requests.filter(
        (request) => !request.outcome && !request.isAborted && request.client.context.isRunning,
      )
      if (waiting.length) abort(pick(choices, waiting))
      return 0
    }
    case 'get access token': {
      const getting = session.getAccessToken()
      void follow(client, 'asks for its token', getting, ['session-ended', 'refresh-unavailable'])
      return 0
    }
    case 'refresh': {
      const family = inForce(client)
      if (family !== undefined) client.asked.add(family)
      if (client.signingIn !== undefined) client.asked.add(client.signingIn)
      // Meant for whoever will be found in the store.
      if (session.status === 'restoring') client.asked.add('whoever it is')
      const mayReject = ['session-ended', 'refresh-unavailable']
      void follow(client, 'asks for a refresh', session.refresh(), mayReject)
      return 0
    }
    case 'call expired': {
      const family = inForce(client)
      if (family !== undefined) client.asked.add(family)
      // Nobody signed in here, and yet there may be cookies.
      if (world.jar) client.asked.add('whoever it is')
      trace.note(() => `${client.name}: calls its token expired`)
      session.expire()
      return 0
    }
    case 'sign in':
      if (world.jar) return 0
      signIn(client, pick(choices, ['ann', 'bob']))
      return 0
    case 'sign out':
      signOut(client, world.keptFamily())
      return 0
    case 'adopt': {
      const family = inForce(client)
      // A push beside a refresh, or a sign-in, is a race that no client can win.
      if (family === undefined || client.signingIn !== undefined || world.jar) return 0
      const grant = server.push(family)
      if (!grant) return 0
      world.excuse('pushed')
      void follow(client, `adopts ${grant.accessToken}`, session.adopt(tokensOf(grant)), [
        'session-ended',
      ])
      return 0
    }
    case 'close': {
      trace.note(() => `${client.name}: is closed`)
      client.isClosed = true
      // What it began is finished, and not begun again.
      world.hampers(false)
      client.signingIn = undefined
      void session.close()
      return 0
    }
    case 'revoke': {
      const family = inForce(client)
      if (family === undefined || !world.oneIn(3)) return 0
      trace.note(() => `server: ${family} is revoked`)
      server.revoke(family)
      return 0
    }
  }
}
