import { have } from './have.js'
import type { Lose } from './shelves.js'

interface Watcher {
  changed(): void
  readonly degraded: Lose | undefined
}

/** What happens to a page after which it may have missed something. */
const returns = ['pageshow', 'online', 'visibilitychange', 'resume'] as const

/**
 * Tells sessions here that another tab changed the record, and the other way round.
 *
 * @param name - of the channel; what is said on it is a generation, and means "look again"
 * @param localStorageKey - whose changes are news too, for where the record is in localStorage
 */
export function createWaker(name: string, localStorageKey: string) {
  const watchers = new Set<Watcher>()
  const lost = new Map<string, string>()
  let channel: BroadcastChannel | undefined

  const lookAgain = (): void => {
    for (const { changed } of [...watchers]) changed()
  }

  const lose: Lose = (missing, meaning) => {
    if (lost.has(missing)) return
    const message = `no ${missing}: ${meaning}`
    lost.set(missing, message)
    for (const { degraded } of [...watchers]) degraded?.(missing, message)
  }

  function open(): BroadcastChannel | undefined {
    // Not on a server, where nobody else has this record.
    if (!have(() => indexedDB) && !have(() => document)) return undefined
    try {
      const opened: BroadcastChannel & { unref?(): void } = new BroadcastChannel(name)
      opened.unref?.()
      return opened
    } catch {
      lose('broadcast-channel', 'other tabs look when they come into view')
      return undefined
    }
  }

  function listen(): void {
    if (channel) return
    channel = open()
    channel?.addEventListener('message', lookAgain)
  }

  /** An open channel keeps a page out of the back/forward cache. */
  function close(): void {
    channel?.close()
    channel = undefined
  }

  function heard({ type, key }: Event & { readonly key?: string | null }): void {
    if (type === 'pagehide') return close()
    // All of it may have been cleared: no key.
    if (type === 'storage' && key && key !== localStorageKey) return
    // A page is hidden after its pagehide too.
    if (type === 'visibilitychange' && document.visibilityState === 'hidden') return
    listen()
    lookAgain()
  }

  function each(does: 'addEventListener' | 'removeEventListener'): void {
    const scope: Partial<EventTarget> = globalThis
    for (const type of [...returns, 'storage', 'pagehide']) {
      scope[does]?.(type, heard)
      have(() => document)?.[does](type, heard)
    }
  }

  return {
    lose,
    lookAgain,
    watch(changed: () => void, degraded: Lose | undefined): () => void {
      const watcher = { changed, degraded }
      watchers.add(watcher)
      for (const [missing, message] of lost) degraded?.(missing, message)
      if (watchers.size === 1) {
        each('addEventListener')
        listen()
      }
      return () => {
        if (!watchers.delete(watcher) || watchers.size > 0) return
        each('removeEventListener')
        close()
      }
    },
    /** The record was replaced from here. */
    wake(generation = 0): void {
      lookAgain()
      const used = channel ?? open()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel takes none
      used?.postMessage(generation)
      // A session that is closed stores what it got, and listens no more.
      if (used !== channel) used?.close()
    },
  }
}
