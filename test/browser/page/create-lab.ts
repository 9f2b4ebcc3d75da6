import type { StoredSession } from 'unexpired'

import { makeClient } from './client.js'
import type { Client, Lab, LabEvent, Outcome, SignOut } from './lab.js'
import { show } from './show.js'

const moved = (make: () => Client, key: string): Promise<Client> =>
  navigator.locks.request('move auth', async () => {
    const client = make()
    const { session } = client
    await session.ready
    const old = (JSON.parse(localStorage.getItem(key) ?? 'null') as StoredSession | null)?.tokens
    if (old && !session.tokens) await session.signIn(old)
    localStorage.removeItem(key)
    return client
  })

/** The lab of one page or worker, but for the workers beside it. */
export function createLab(defaultKey: string): Omit<Lab, 'worker'> {
  let client: Client | undefined
  let signedOut: SignOut[] = []
  let missing: string[] = []
  let kept: Promise<Outcome>[] = []
  const fuses = new Set<() => void>()
  let unsettled = 0

  function opened(): Client {
    if (!client) throw new Error('the lab is not open: call open first')
    return client
  }

  function start(count: number, path: string): Promise<Outcome>[] {
    const { send } = opened()
    unsettled += count
    return Array.from({ length: count }, () => send(path).finally(() => (unsettled -= 1)))
  }

  /** Open only while something is armed: an open channel keeps a page out of the back/forward cache. */
  function onGo(fire: () => void): void {
    const channel = new BroadcastChannel('lab')
    const burn = (): void => {
      channel.close()
      fuses.delete(burn)
      fire()
    }
    channel.addEventListener('message', burn)
    fuses.add(burn)
  }

  return {
    async open(options = {}) {
      client?.session.close()
      signedOut = []
      const make = (): Client => makeClient({ key: defaultKey, ...options }, signedOut)
      client = options.moving ? await moved(make, options.key ?? defaultKey) : make()
      const lost: string[] = (missing = [])
      client.session.on('store-degraded', (event) => lost.push(event.missing))
    },
    ready: () => opened().session.ready,
    show: async (where, text) => void (await show[where](text)),
    async signIn(user) {
      const { session } = opened()
      const answer = await fetch('/auth/login', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: user }),
      })
      await session.signIn((await answer.json()) as { accessToken: string })
    },
    signOut: () => opened().session.signOut(),
    status: async () => opened().session.getSnapshot(),
    events: async () => opened().session.explain() as unknown as LabEvent[],
    signedOut: async () => signedOut,
    missing: async () => missing,
    async refresh() {
      const { session } = opened()
      await session.refresh()
      return { generation: session.getSnapshot().generation }
    },
    async send(count, path = '/thing') {
      kept.push(...start(count, path))
    },
    async armed(count, path = '/thing') {
      opened()
      const fired = new Promise<Outcome[]>((resolve) => {
        onGo(() => resolve(Promise.all(start(count, path))))
      })
      for (let at = 0; at < count; at += 1) {
        kept.push(fired.then((outcomes) => outcomes[at] ?? { error: 'not sent' }))
      }
    },
    async go() {
      const channel = new BroadcastChannel('lab')
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window
      channel.postMessage('go')
      channel.close()
      for (const burn of [...fuses]) burn()
    },
    async settled() {
      const all = kept
      kept = []
      return Promise.all(all)
    },
    async unsettled() {
      const { session } = opened()
      const events = session.explain().slice(-8) as unknown as LabEvent[]
      return { armed: fuses.size, sent: unsettled, status: session.getSnapshot(), events }
    },
  }
}
