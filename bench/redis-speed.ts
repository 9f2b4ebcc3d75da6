import type { Redis } from 'ioredis'
import type { Session } from 'unexpired'

import { compare } from './measure.js'
import {
  connect,
  encryption,
  later,
  openNaive,
  openSessions,
  signInAll,
  tokenForms,
  users,
} from './redis-world.js'

const rounds = 7
const machines = 4
const refreshMs = 20

/** Turns are given back when the tokens have been given out already. */
const rest = (): Promise<void> => later(300)

/** So many a second, by the median time of a run. */
export type Rates = Readonly<Record<'naive' | 'plain' | 'encrypted', number>>

function rates(medians: ReadonlyMap<string, number>, perRun: number): Rates {
  const rate = (name: string): number => (perRun * 1000) / (medians.get(name) ?? NaN)
  return { naive: rate('naive'), plain: rate('plain'), encrypted: rate('encrypted') }
}

const closeAll = (sessions: readonly Session[]): Promise<unknown> =>
  Promise.all(sessions.map((session) => session.close()))

/** One process refreshes the tokens of a thousand users; nobody else wants to. */
export async function refreshRates(port: number): Promise<Rates> {
  const client = await connect(port)
  const naive = openNaive(client)
  const tokens = new Map<string, string>()
  for (const user of users) {
    const first = tokenForms.opaque()
    await naive.signIn(user, first)
    tokens.set(user, first.accessToken)
  }
  const plain = await openSessions(client)
  const encrypted = await openSessions(client, { prefix: 'sealed:', encryption })
  await Promise.all([signInAll(plain), signInAll(encrypted)])
  const refreshAll = async (sessions: readonly Session[]): Promise<void> => {
    await Promise.all(sessions.map((session) => session.refresh()))
  }
  const medians = await compare(
    [
      {
        name: 'naive',
        async run() {
          await Promise.all(
            users.map(async (user) => {
              tokens.set(user, await naive.renew(user, tokens.get(user) ?? ''))
            }),
          )
        },
      },
      { name: 'plain', run: () => refreshAll(plain), rest },
      { name: 'encrypted', run: () => refreshAll(encrypted), rest },
    ],
    rounds,
  )
  await closeAll([...plain, ...encrypted])
  client.disconnect()
  return rates(medians, users.length)
}

/** Four machines want newer tokens of the same thousand users at once; a refresh takes 20 ms. */
export async function herdRates(port: number): Promise<Omit<Rates, 'encrypted'>> {
  const clients = await Promise.all(Array.from({ length: machines }, () => connect(port)))
  const naive = clients.map((client) => openNaive(client, { refreshMs }))
  const dead = new Map<string, string>()
  for (const user of users) {
    const first = tokenForms.opaque()
    await naive[0]?.signIn(user, first)
    dead.set(user, first.accessToken)
  }
  const fleets: Session[][] = []
  for (const client of clients) {
    const fleet = await openSessions(client, { prefix: 'herd:', refreshMs })
    if (!fleets.length) await signInAll(fleet)
    fleets.push(fleet)
  }
  await Promise.all(fleets.flat().map((session) => until(session, 1)))
  let generation = 1
  const medians = await compare(
    [
      {
        name: 'naive',
        async run() {
          await Promise.all(
            users.map(async (user) => {
              const old = dead.get(user) ?? ''
              const [newer = ''] = await Promise.all(naive.map(({ renew }) => renew(user, old)))
              dead.set(user, newer)
            }),
          )
        },
        rest,
      },
      {
        name: 'plain',
        async run() {
          const old = generation
          await Promise.all(fleets.flat().map((session) => turnedAway(session, old)))
          generation += 1
        },
        rest,
      },
    ],
    rounds,
  )
  await closeAll(fleets.flat())
  for (const client of clients) client.disconnect()
  return rates(medians, users.length)
}

/** A request that finds the tokens of this generation expired, and is served with newer ones. */
async function turnedAway(session: Session, expired: number): Promise<void> {
  const { status } = await session.authorize(({ generation }) =>
    Promise.resolve({ status: generation > expired ? 200 : 401 }),
  )
  if (status !== 200) throw new Error('a request was not served')
}

async function until(session: Session, generation: number): Promise<void> {
  while (session.getSnapshot().generation !== generation) {
    await later(5)
  }
}

/** Tokens that are live: from memory, against a GET for each request. */
export async function readRates(port: number): Promise<Rates & { readonly cold: number }> {
  const client = await connect(port)
  const naive = openNaive(client)
  for (const user of users) await naive.signIn(user, tokenForms.opaque())
  const plain = await openSessions(client, { prefix: 'read:' })
  const encrypted = await openSessions(client, { prefix: 'read-sealed:', encryption })
  await Promise.all([signInAll(plain), signInAll(encrypted)])
  const readAll = async (sessions: readonly Session[]): Promise<void> => {
    await Promise.all(sessions.map((session) => session.getAccessToken()))
  }
  const medians = await compare(
    [
      {
        name: 'naive',
        async run() {
          await Promise.all(users.map(naive.getAccessToken))
        },
      },
      { name: 'plain', run: () => readAll(plain) },
      { name: 'encrypted', run: () => readAll(encrypted) },
      { name: 'cold', run: () => coldReads(client) },
    ],
    rounds * 3,
  )
  await closeAll([...plain, ...encrypted])
  client.disconnect()
  const cold = (users.length * 1000) / (medians.get('cold') ?? NaN)
  return { ...rates(medians, users.length), cold }
}

/** Of users whom this process does not know yet: a session is made, asked, and closed. */
async function coldReads(client: Redis): Promise<void> {
  const sessions = await openSessions(client, { prefix: 'read:' })
  await Promise.all(sessions.map((session) => session.getAccessToken()))
  await closeAll(sessions)
}
