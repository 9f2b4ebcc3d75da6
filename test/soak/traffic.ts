import { createAccount } from './account.js'
import type { Account, AccountOptions } from './account.js'
import { createDice } from './dice.js'
import type { Dice } from './dice.js'
import { describe, judge, tokenStatus } from './judge.js'
import type { Made, Outcome, Verdict } from './judge.js'
import type { Seat } from './seat.js'
import type { Send } from './sending.js'
import type { TrafficSettings } from './settings.js'
import { createTally } from './tally.js'
import type { Report, Tally } from './tally.js'

/** Requests at full speed, each of which is looked at. */
export interface Traffic {
  /** Begins, or goes on. */
  run(): void
  /** Sends nothing more, and resolves when all that was sent has settled, or is lost. */
  drain(): Promise<void>
  report(): Report
  /** A signal that outlives all requests: none may leave a listener on it. */
  readonly sharedSignal: AbortSignal
  close(): Promise<void>
}

/** How often what is under way is looked at (milliseconds). */
const lookMs = 250
/** Between two things that an account does (milliseconds). */
const actsMs = { least: 400, most: 4_000 }
/** As apps do after an error, and where nobody is signed in: none tries again at once (milliseconds). */
const restMs = { least: 5, most: 40 }
/** Seats that share a store agree within this time (milliseconds). */
const agreeMs = 10_000

const paths = 16
const shares = { post: 0.25, abort: 0.02, sharedSignal: 0.2, token: 0.03 }
const mostAbortMs = 30

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** As for sockets and streams, beside the clients. */
const tokenOf = ({ session }: Seat): readonly [string, Send] => [
  'getAccessToken',
  async ({ signal }) => ({ status: tokenStatus, body: await session.getAccessToken({ signal }) }),
]

interface Doubt {
  readonly made: Made
  readonly outcome: Outcome
  readonly at: number
}

export function createTraffic(
  settings: TrafficSettings,
  accountOptions: readonly AccountOptions[],
): Traffic {
  const tally = createTally()
  const accounts = accountOptions.map((options, index) =>
    createAccount({ options, settings, tally, dice: createDice(settings.seed * 101 + index) }),
  )
  const pending = new Set<Made>()
  const lost = new Set<Made>()
  /** Not explained yet: events come after the fact. */
  let doubts: Doubt[] = []
  const shared = new AbortController()
  let number = 0
  let slowestMs = 0
  let isRunning = false
  let isClosed = false
  let started: Promise<unknown> | undefined
  /** How often it has begun, or gone on: who is of an earlier time stops. */
  let times = 0

  function conclude(made: Made, verdict: Verdict): void {
    tally.add(verdict.kind)
    const took = Math.round(performance.now() - made.since)
    if (verdict.wrong) tally.violate(`${describe(made)}: ${verdict.wrong} (after ${took} ms)`)
  }

  async function one(account: Account, dice: Dice): Promise<void> {
    const seat = dice.pick(account.seats)
    const [client, send] = dice.chance(shares.token) ? tokenOf(seat) : dice.pick(seat.clients)
    const abort = dice.chance(shares.abort) ? new AbortController() : undefined
    const isPost = dice.chance(shares.post)
    number += 1
    const { sessionId, generation } = seat.session.getSnapshot()
    const made: Made = {
      number,
      client,
      method: isPost ? 'POST' : 'GET',
      path: `/api/p${dice.below(paths)}?n=${number}`,
      body: isPost ? JSON.stringify({ n: number }) : undefined,
      seat,
      account,
      sessionId,
      generation,
      since: performance.now(),
      user: seat.session.tokens?.extra?.['user'] as string | undefined,
      isSigningIn: account.isSigningIn,
      isAborted: () => abort?.signal.aborted === true,
    }
    tally.add('made')
    tally.add(`made: ${client}`)
    pending.add(made)
    const timer = abort && setTimeout(() => abort.abort(), dice.between(0, mostAbortMs))
    const signal = abort?.signal ?? (dice.chance(shares.sharedSignal) ? shared.signal : undefined)
    const outcome: Outcome = await send({ ...made, signal }).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    )
    clearTimeout(timer)
    pending.delete(made)
    tally.add('settled')
    slowestMs = Math.max(slowestMs, performance.now() - made.since)
    if (lost.delete(made)) tally.violate(`${describe(made)}: settled late`)
    const at = performance.now()
    const verdict = judge(made, outcome, at)
    if (verdict.wrong) doubts.push({ made, outcome, at })
    else conclude(made, verdict)
    const status = 'answer' in outcome ? outcome.answer.status : undefined
    if (status !== 200 && status !== tokenStatus)
      await pause(dice.between(restMs.least, restMs.most))
  }

  async function work(account: Account, dice: Dice): Promise<void> {
    for (const mine = times; isRunning && mine === times;) await one(account, dice)
  }

  async function misbehave(account: Account, dice: Dice): Promise<void> {
    for (const mine = times; isRunning && mine === times;) {
      await account.act()
      await pause(dice.between(actsMs.least, actsMs.most))
    }
  }

  function look(): void {
    const now = performance.now()
    for (const made of pending) {
      if (now - made.since < settings.settleMs || lost.has(made)) continue
      lost.add(made)
      tally.add('lost')
      tally.violate(`${describe(made)}: lost, not settled after ${settings.settleMs} ms`)
    }
    const due = doubts.filter(({ at }) => now - at > 2 * lookMs)
    if (!due.length) return
    doubts = doubts.filter((doubt) => !due.includes(doubt))
    for (const { made, outcome, at } of due) conclude(made, judge(made, outcome, at))
  }
  const looking = setInterval(look, lookMs)

  async function until(isSo: () => boolean): Promise<boolean> {
    const end = performance.now() + agreeMs
    while (!isSo() && performance.now() < end) await pause(20)
    return isSo()
  }

  /** All who share a session know the same of it, and were told of each end once. */
  async function agree(account: Account): Promise<void> {
    const ids = (): Set<string | undefined> =>
      new Set(account.seats.map(({ session }) => session.getSnapshot().sessionId))
    if (!(await until(() => ids().size === 1))) {
      tally.violate(`${account.name}: its seats are in sessions ${[...ids()].join(', ')}`)
    }
    for (const { name, session, told } of account.seats) {
      const isActive = session.tokens !== undefined
      if (told.begun - told.ended !== (isActive ? 1 : 0)) {
        tally.violate(`${name}: ${told.begun} sessions began, ${told.ended} ends were told`)
      }
    }
  }

  const begin = async (): Promise<void> => {
    await (started ??= Promise.all(accounts.map((account) => account.start())))
    if (!isRunning) return
    const seed = (times += 1) + settings.seed * 7919
    const each = Math.max(1, Math.floor(settings.inFlight / accounts.length))
    accounts.forEach((account, index) => {
      const dice = (part: number): Dice => createDice(seed + 1_000 * index + part)
      for (let part = 0; part < each; part++) void work(account, dice(part))
      void misbehave(account, dice(each))
    })
  }

  return {
    sharedSignal: shared.signal,
    run() {
      if (isRunning || isClosed) return
      isRunning = true
      begin().catch((error: unknown) => tally.violate(`it did not begin: ${String(error)}`))
    },
    async drain() {
      isRunning = false
      await started
      await Promise.all(accounts.map((account) => account.quiet()))
      while (pending.size > lost.size || doubts.length > 0) await pause(lookMs / 5)
      await Promise.all(accounts.map(agree))
    },
    report: () => ({ ...tally.report(), slowestMs }),
    async close() {
      isClosed = true
      await Promise.all(accounts.map((account) => account.close()))
      clearInterval(looking)
      checkSums(tally, lost.size)
    },
  }
}

/** Nothing was settled twice, and nothing is missing. */
function checkSums(tally: Tally, lost: number): void {
  const { made = 0, settled = 0 } = tally.report().counts
  if (made !== settled + lost) tally.violate(`${made} made, ${settled} settled, ${lost} lost`)
}
