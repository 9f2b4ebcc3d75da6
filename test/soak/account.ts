import type { TokenStore } from 'unexpired'

import type { Dice } from './dice.js'
import { createRefreshing } from './refreshing.js'
import { takeSeat } from './seat.js'
import type { Seat } from './seat.js'
import type { MakeClients } from './sending.js'
import type { ServerPlace, TrafficSettings } from './settings.js'
import type { Tally } from './tally.js'

export interface AccountOptions {
  readonly name: string
  readonly server: ServerPlace
  /** For one seat; those of one account share what is in it. */
  openStore(): TokenStore
  /** How many session objects it has here. */
  readonly seats: number
  /** A further one comes and goes. */
  readonly hasGuest: boolean
  /** Signs in and out here; or else another page does. */
  readonly isLeader: boolean
  readonly makeClients: MakeClients
}

interface AccountParts {
  readonly options: AccountOptions
  readonly settings: TrafficSettings
  readonly dice: Dice
  readonly tally: Tally
}

/** One session after the other, of one user after the other, and all who share them. */
export interface Account {
  readonly name: string
  readonly seats: readonly Seat[]
  readonly isSigningIn: boolean
  /** Whether somebody of that name was ever signed in to this account. */
  has(user: string): boolean
  start(): Promise<void>
  /** Does something that users and apps do: they sign out, change, or leave. */
  act(): Promise<void>
  /** Resolves when nothing of that is under way. */
  quiet(): Promise<void>
  close(): Promise<void>
}

const acts = { signOut: 3, switch: 2, expire: 3, refresh: 3, guest: 5 } as const

/** How long an app needs until somebody has signed in again, at most (milliseconds). */
const mostAwayMs = 150

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const storyLength = 16

function storyOf({ name, session }: Seat): string {
  const events = session.explain().slice(-storyLength)
  const lines = events.map(({ at, type, sessionId, generation, ...more }) => {
    const time = new Date(at).toISOString().slice(14, 23)
    return `\n      ${time} ${type} ${sessionId?.slice(0, 4)} ${generation} ${JSON.stringify(more)}`
  })
  return `\n    ${name}${lines.join('')}`
}

export function createAccount({ options, settings, dice, tally }: AccountParts): Account {
  const { name, server, isLeader } = options
  const refreshing = createRefreshing(`${server.url}/auth/refresh`, tally, tellStory)
  let queue: Promise<void> = Promise.resolve()
  let users = 0
  let guests = 0
  let signingIn = 0
  let guest: Seat | undefined
  let formerGuest: Seat | undefined

  /** What each seat says of the last seconds, the guest that has left too. */
  function tellStory(): string {
    const all = [...seats, ...(formerGuest ? [formerGuest] : []), ...(guest ? [guest] : [])]
    return all.map(storyOf).join('')
  }

  /** One thing after the other. */
  function next(work: () => Promise<void>): Promise<void> {
    queue = queue.then(work).catch((error: unknown) => tally.violate(`${name}: ${String(error)}`))
    return queue
  }

  const seat = (title: string, style: 'fetch' | 'axios', onEnd: () => void): Seat =>
    takeSeat({
      name: `${name}/${title}`,
      origin: server.url,
      store: options.openStore(),
      style,
      refreshing,
      makeClients: options.makeClients,
      broken: settings.broken,
      tally,
      onLateStore: refreshing.excuse,
      onEnd: ({ reason }) => void (reason !== 'replaced' && onEnd()),
    })

  const seats = Array.from({ length: options.seats }, (_, index) =>
    seat(`${index + 1}`, index % 2 ? 'axios' : 'fetch', () => {
      if (index === 0 && isLeader) void next(signInAgain)
    }),
  )
  const [first] = seats
  if (!first) throw new Error('an account needs a seat')
  const { session } = first

  async function signIn(): Promise<void> {
    await pause(dice.between(0, mostAwayMs))
    const user = `${name}-${(users += 1)}`
    signingIn += 1
    try {
      const response = await fetch(`${server.url}/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: user }),
      })
      const tokens = (await response.json()) as { accessToken: string }
      // Kept with the tokens, so that whoever has them knows whose they are.
      await session.signIn({ ...tokens, user })
      tally.add('sign-ins')
    } finally {
      signingIn -= 1
    }
  }

  /** After an end that was not this account's own doing. */
  const signInAgain = async (): Promise<void> => (session.tokens ? undefined : signIn())

  async function changeGuest(): Promise<void> {
    const before = guest
    formerGuest = before
    guests += 1
    guest = options.hasGuest ? seat(`guest ${guests}`, 'axios', () => undefined) : undefined
    await before?.close()
    if (before) tally.add('session objects closed')
  }

  /** It may have ended, or be unavailable: that is others' to judge. */
  const ignore = (): void => undefined

  async function doIt(what: keyof typeof acts): Promise<void> {
    tally.add(`acts: ${what}`)
    switch (what) {
      case 'signOut':
        await session.signOut()
        return signIn()
      case 'switch':
        return signIn()
      case 'expire':
        return session.expire()
      case 'refresh':
        return session.refresh().then(ignore, ignore)
      case 'guest':
        return changeGuest()
    }
  }

  return {
    name,
    get seats() {
      return guest ? [...seats, guest] : seats
    },
    get isSigningIn() {
      return signingIn > 0
    },
    has: (user) => user.startsWith(`${name}-`),
    async start() {
      await Promise.all(seats.map((each) => each.session.ready))
      if (isLeader) await next(signIn)
      await next(changeGuest)
    },
    act() {
      const { hasGuest } = options
      const possible = isLeader ? acts : { ...acts, signOut: 0, switch: 0 }
      return next(() => doIt(dice.weighted({ ...possible, guest: hasGuest ? acts.guest : 0 })))
    },
    async quiet() {
      for (let before; before !== queue;) await (before = queue)
    },
    async close() {
      await Promise.all([...seats, ...(guest ? [guest] : [])].map((each) => each.close()))
    },
  }
}
