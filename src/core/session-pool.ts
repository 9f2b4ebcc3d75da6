import { systemClock } from './clock.js'
import { SessionEndedError, SessionError } from './errors.js'
import { portOf } from './port.js'
import { isThenable } from './promises.js'
import type { Session } from './session-face.js'

/** Options of {@link createSessionPool}. */
export interface SessionPoolOptions {
  /**
   * Makes the session of one user, with a store that is this user's alone. It is called when the user
   * is asked for and has none here; what the store holds goes on.
   */
  create(userId: string): Session
  /**
   * How many may be live at once. Above it, the idle ones that were asked for longest ago are closed;
   * where none is idle, there are more for as long as that lasts.
   *
   * @defaultValue 10_000
   */
  max?: number | undefined
  /**
   * For how long one that was asked for counts as in use, in milliseconds: longer than a request
   * handler takes. One with a request or a refresh under way is in use anyhow.
   *
   * @defaultValue 30_000
   */
  idleMs?: number | undefined
}

/** The sessions of many users. All methods may be called unbound. */
export interface SessionPool {
  /**
   * The session of this user: the same one for everybody who asks, for as long as it is live. Ask for
   * each request anew, rather than keep it.
   *
   * @throws SessionError `invalid-option`, {@link SessionEndedError} once the pool is closed, or what
   * `create` throws
   */
  get(userId: string): Session
  /** How many are live. */
  readonly size: number
  /**
   * Closes all of them, and gives no more. Nobody is signed out. Resolves when nothing is under way any
   * more: wait for it before you end the database client, or the process.
   */
  close(): PromiseLike<void>
}

interface Member {
  readonly session: Session
  askedAt: number
}

/** How many of those that were asked for longest ago are looked at each time. */
const mostLooks = 8

/**
 * Holds the sessions of many users, as a server does: each is made when it is first asked for.
 *
 * Nothing is shared between users. It takes no two whose sessions, or whose stores, are one.
 *
 * @throws SessionError `invalid-option`
 * @example
 * ```ts
 * const pool = createSessionPool({
 *   create: (userId) => createSession({ store: redisStore(redis, userId), refresh }),
 * })
 * const session = pool.get(userId)
 * ```
 */
export function createSessionPool(options: SessionPoolOptions): SessionPool {
  const { create, max, idleMs } = readOptions(options)
  /** Who was asked for longest ago comes first. */
  const members = new Map<string, Member>()
  const making = new Set<string>()
  /** Whose each session and each store is, also when it is let go: it may hold tokens yet. */
  const owners = new WeakMap<object, string>()
  let isClosed = false

  const activityOf = ({ session }: Member) => portOf(session, 'createSessionPool').activity()

  function drop(userId: string, { session }: Member): PromiseLike<void> {
    members.delete(userId)
    return session.close()
  }

  function make(userId: string): Member {
    if (making.has(userId))
      throw wrong('create: it asked the pool for the user that it was to make')
    making.add(userId)
    try {
      const session = create(userId)
      check(userId, session)
      return { session, askedAt: 0 }
    } finally {
      making.delete(userId)
    }
  }

  /** What cannot be given out is closed, unless it is another user's. */
  function check(userId: string, session: unknown): asserts session is Session {
    if (isThenable(session)) {
      Promise.resolve(session).then(undefined, () => undefined)
      throw wrong('create: expected the session itself, got a promise')
    }
    const { store, activity } = portOf(session as Session, 'createSessionPool: create')
    const made = session as Session
    const isOthers = (thing: object): boolean => (owners.get(thing) ?? userId) !== userId
    if (isOthers(made)) {
      throw wrong('create: expected a session for each user, got one that another user has')
    }
    const isTaken = isOthers(store)
    if (!isTaken && !isClosed && activity() !== 'closed') {
      owners.set(made, userId).set(store, userId)
      return
    }
    void made.close()
    if (isClosed) throw new SessionEndedError('closed')
    throw wrong(
      isTaken
        ? 'create: expected a store for each user, got one that another user has'
        : 'create: expected a session that is live, got one that is closed',
    )
  }

  /** Of those who are idle, all but the one that was asked for just now. */
  function closeIdle(asked: Member): void {
    let looks = 0
    for (const [userId, member] of members) {
      const isRecent = member === asked || asked.askedAt - member.askedAt < idleMs
      if (members.size <= max || isRecent || ++looks > mostLooks) return
      if (activityOf(member) === 'busy') place(userId, member, asked.askedAt)
      else void drop(userId, member)
    }
  }

  function place(userId: string, member: Member, askedAt: number): void {
    member.askedAt = askedAt
    members.delete(userId)
    members.set(userId, member)
  }

  return {
    get(userId) {
      if (typeof userId !== 'string' || !userId) {
        const got = userId === '' ? 'an empty one' : typeof userId
        throw wrong(`get: userId: expected a text that is not empty, got ${got}`)
      }
      if (isClosed) throw new SessionEndedError('closed')
      const known = members.get(userId)
      // The app may have closed it.
      if (known && activityOf(known) === 'closed') members.delete(userId)
      const member = members.get(userId) ?? make(userId)
      place(userId, member, systemClock.monotonic())
      closeIdle(member)
      return member.session
    },
    get size() {
      return members.size
    },
    async close() {
      isClosed = true
      await Promise.all([...members].map(([userId, member]) => drop(userId, member)))
    },
  }
}

interface ReadyOptions extends SessionPoolOptions {
  max: number
  idleMs: number
}

function readOptions(options: SessionPoolOptions): ReadyOptions {
  const { create, max = 10_000, idleMs = 30_000 } = Object(options) as SessionPoolOptions
  if (typeof create !== 'function') throw wrong(`create: expected a function, got ${typeof create}`)
  if (!(Number.isSafeInteger(max) || max === Infinity) || max < 1) {
    throw wrong(`max: expected a whole number, 1 or more, got ${shown(max)}`)
  }
  if (typeof idleMs !== 'number' || !(idleMs >= 0)) {
    throw wrong(`idleMs: expected milliseconds, 0 or more, got ${shown(idleMs)}`)
  }
  return { create, max, idleMs }
}

/** A number, or what it is instead. */
const shown = (value: unknown): string =>
  typeof value === 'number' || value === null ? String(value) : typeof value

/** No id in it: it may be what a cookie holds. */
const wrong = (what: string): SessionError =>
  new SessionError('invalid-option', `createSessionPool: ${what}`)
