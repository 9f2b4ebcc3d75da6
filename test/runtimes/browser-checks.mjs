/** What browserStore does where there is no browser: it keeps to itself, and uses nothing. */
import { browserStore } from 'unexpired/browser'

/** What a server has of a browser's, or may have, and which of it was used meanwhile. */
async function usedBy(work) {
  const used = []
  const undo = []
  const replace = (owner, name, stand) => {
    const before = Object.getOwnPropertyDescriptor(owner, name)
    Object.defineProperty(owner, name, { configurable: true, ...stand })
    undo.push(() => {
      if (before) Object.defineProperty(owner, name, before)
      else delete owner[name]
    })
  }
  const trap = (name) => ({
    value: function use() {
      used.push(name)
      throw new Error(`used ${name}`)
    },
  })
  replace(globalThis, 'BroadcastChannel', trap('BroadcastChannel'))
  // Node tells on stderr that it was looked at, and Deno keeps it in a file.
  replace(globalThis, 'localStorage', { get: trap('localStorage').value })
  const locks = globalThis.navigator?.locks
  if (locks) replace(Object.getPrototypeOf(locks), 'request', trap('navigator.locks'))
  const warned = ({ message }) => used.push(message)
  globalThis.process?.on('warning', warned)
  try {
    await work()
    // Warnings come a turn later.
    await new Promise((done) => setTimeout(done, 20))
  } finally {
    for (const back of undo.reverse()) back()
    globalThis.process?.removeListener('warning', warned)
  }
  return used
}

export function browserChecks({ start, equal, herd }) {
  return {
    async 'browserStore: without a browser the session is in memory, and a herd causes one refresh'() {
      const { server, session, get } = await start({
        serverOptions: { latency: { refresh: 30 } },
        store: browserStore('auth'),
      })
      const missing = session.explain().filter(({ type }) => type === 'store-degraded')
      server.orders.expireNow()
      const statuses = (await herd(20, () => get())).map(({ status }) => status)
      equal([...new Set(statuses)], [200], 'statuses')
      equal(server.counts.refreshes, 1, 'refreshes')
      await server.close()
      const names = missing.map((event) => event.missing)
      equal(names, ['indexed-db'], 'missing')
    },

    async 'browserStore: two users of one server do not see each other'() {
      const ann = await start({ store: browserStore('auth') })
      const ben = await start({ store: browserStore('auth') })
      equal(
        ann.session.getSnapshot().sessionId === ben.session.getSnapshot().sessionId,
        false,
        'id',
      )
      await ann.session.signOut()
      equal([ben.session.status, (await ben.get()).status], ['active', 200], 'the other')
      equal(ben.signedOut, [], 'sign-outs of the other')
      await Promise.all([ann.server.close(), ben.server.close()])
    },

    async 'browserStore: without a browser nothing of the platform is used, and nobody is warned'() {
      const used = await usedBy(async () => {
        // Deno has a localStorage, and keeps it in a file.
        const store = browserStore('auth', { mirror: () => localStorage })
        const { server, session, get } = await start({ store })
        server.orders.expireNow()
        equal([(await get()).status, server.counts.refreshes], [200, 1], 'status, refreshes')
        await session.signOut()
        await server.close()
      })
      equal(used, [], 'used')
    },
  }
}
