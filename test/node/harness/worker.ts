import { rm } from 'node:fs/promises'

import type { SessionEvent } from 'unexpired'

import { watchThisProcess } from '../../canary/in-process.js'
import { mistakes } from '../../canary/mistakes.js'
import type { Order, Orders, Outcome, Shown, SignOut, WorkerSettings } from './orders.js'
import { createSteps } from './steps.js'
import type { Tell } from './steps.js'
import { stepFiles } from './worker-files.js'
import { createMember, sleepyClock } from './worker-members.js'
import type { Member } from './worker-members.js'
import { openStores, steppedStore, turnTeller } from './worker-stores.js'

/** A process with sessions, which does what the test tells it: see processes.ts. */

watchThisProcess()

const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings

const tell: Tell = (report) =>
  new Promise((resolve) => {
    // Once the parent has gone, nobody is told.
    if (process.connected) process.send?.(report, undefined, {}, () => resolve())
    else resolve()
  })

const members = new Map<string, Member>()
const gone: Member[] = []
const signedOut: SignOut[] = []
let kept: Promise<Outcome>[] = []
let tellsTurns = false
const steps = createSteps(tell)
const { clock, sleep } = sleepyClock()
if (settings.place.kind === 'file') stepFiles(steps)
const storeOf = await openStores(settings.place)

function memberOf(user: string): Member {
  const known = members.get(user)
  if (known) return known
  const turnBegan = turnTeller(tell, () => tellsTurns, user)
  const store = steppedStore(storeOf(user), user, steps, turnBegan)
  const member = createMember({ user, settings, store, steps, clock, signedOut })
  members.set(user, member)
  return member
}

function start(
  user: string | readonly string[],
  count: number,
  path = '/thing',
): Promise<Outcome>[] {
  return [user].flat().flatMap((name) => {
    const { send } = memberOf(name)
    return Array.from({ length: count }, () => send(path))
  })
}

const show: Record<Shown, (text: string) => unknown> = {
  ...mistakes,
  output: (text) => process.stderr.write(text),
  file: (text) => rm(text, { force: true }),
}

const orders: Orders = {
  ready: (user) => memberOf(user).session.ready,
  async signIn(user) {
    const answer = await fetch(`${settings.url}/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: user }),
    })
    await memberOf(user).session.signIn((await answer.json()) as { accessToken: string })
  },
  signOut: (user) => memberOf(user).session.signOut(),
  send: (...what) => Promise.all(start(...what)),
  async begin(...what) {
    kept.push(...start(...what))
  },
  async settled() {
    const all = kept
    kept = []
    return Promise.all(all)
  },
  status: async (user) => memberOf(user).session.getSnapshot(),
  events: async (user, type) =>
    memberOf(user).events.filter((event) => type === undefined || event.type === type),
  async counts() {
    const counts: Partial<Record<SessionEvent['type'], number>> = {}
    for (const { events } of [...members.values(), ...gone]) {
      for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1
    }
    return counts
  },
  signedOut: async () => signedOut,
  sleep: async (ms) => sleep(ms),
  async close(user) {
    const member = memberOf(user)
    member.session.close()
    members.delete(user)
    gone.push(member)
  },
  chdir: async (path) => process.chdir(path),
  umask: async (umask) => void process.umask(umask),
  async become(uid) {
    // They are looked for when they are needed, and may lie where nobody else looks.
    for (const name of ['fs-native-extensions', 'proper-lockfile']) {
      await import(name).catch(() => undefined)
    }
    process.setgroups?.([])
    process.setgid?.(uid)
    process.setuid?.(uid)
  },
  async leave() {
    process.off('disconnect', exit)
    setImmediate(() => process.disconnect())
  },
  async tellTurns() {
    tellsTurns = true
  },
  show: async (where, text) => void (await show[where](text)),
  holdAt: async (step, user) => steps.holdAt(step, user),
  goOn: async () => steps.goOn(),
}

async function obey({ id, name, args }: Order): Promise<void> {
  try {
    const order: (...args: never[]) => Promise<unknown> = orders[name]
    await tell({ is: 'done', id, value: await order(...(args as never[])) })
  } catch (error) {
    await tell({
      is: 'failed',
      id,
      message: error instanceof Error ? String(error.stack) : 'it failed',
    })
  }
}

/** A test that has gone leaves nobody behind. */
const exit = (): void => process.exit(0)
process.on('disconnect', exit)
process.on('message', (order: Order) => void obey(order))
void tell({ is: 'started' })
