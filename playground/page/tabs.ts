import type { SideName } from '../shared/control-api.js'
import type { Settings, StoreName } from '../shared/settings.js'
import type { Answer } from './actor.js'

/** How one tab does in a run. */
export interface Progress {
  readonly answers: Readonly<Record<SideName, readonly Answer[]>>
  readonly signedOut: Readonly<Record<SideName, number>>
}

/** What tabs tell one another. */
type Message =
  | { readonly type: 'hello' | 'here'; readonly tab: string; readonly store: StoreName }
  | { readonly type: 'bye'; readonly tab: string }
  | { readonly type: 'go'; readonly tab: string; readonly run: string; readonly settings: Settings }
  | { readonly type: 'settings' | 'signed-in'; readonly tab: string; readonly settings: Settings }
  | {
      readonly type: 'progress'
      readonly tab: string
      readonly run: string
      readonly progress: Progress
    }

export interface TabListeners {
  /** Another tab says: all of us, now. */
  go(run: string, settings: Settings): void
  /** Another tab has changed them, and signed in anew. */
  settings(settings: Settings): void
  /** Another tab has signed in. */
  signedIn(): void
  /** A tab has come or gone, or its requests got on. */
  changed(): void
}

export interface Tabs {
  /** How many others share the session. */
  readonly others: number
  /** What the others do in a run. */
  progressOf(run: string): readonly Progress[]
  /** How this tab keeps its tokens; tells the others, when it is different now. */
  share(store: StoreName): void
  /** This tab is ready: tells the others, once. */
  hello(): void
  go(run: string, settings: Settings): void
  tell(type: 'settings' | 'signed-in', settings: Settings): void
  report(run: string, progress: Progress): void
  /** Those of whom nothing was heard in a run are gone. */
  forgetSilent(run: string): void
}

export function openTabs(listeners: TabListeners): Tabs {
  const tab = crypto.randomUUID()
  const others = new Map<string, StoreName>()
  const progress = new Map<string, { run: string; progress: Progress }>()
  let store: StoreName = 'memory'
  let isReady = false
  let channel: BroadcastChannel | undefined

  const say = (message: Message): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window
    channel?.postMessage(message)
  }

  function hear(message: Message): void {
    if (message.type === 'hello' || message.type === 'here') {
      others.set(message.tab, message.store)
      if (message.type === 'hello' && isReady) say({ type: 'here', tab, store })
      listeners.changed()
    } else if (message.type === 'bye') {
      others.delete(message.tab)
      listeners.changed()
    } else if (message.type === 'progress') {
      progress.set(message.tab, message)
      listeners.changed()
    } else if (store !== 'tabs') {
      // It shares nothing with the others.
    } else if (message.type === 'go') listeners.go(message.run, message.settings)
    else if (message.type === 'settings') listeners.settings(message.settings)
    else listeners.signedIn()
  }

  function open(): void {
    channel = new BroadcastChannel('unexpired-playground')
    channel.addEventListener('message', ({ data }: MessageEvent<Message>) => hear(data))
  }

  open()
  addEventListener('pagehide', () => {
    say({ type: 'bye', tab })
    channel?.close()
    channel = undefined
  })
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    open()
    say({ type: 'hello', tab, store })
  })

  return {
    get others() {
      return [...others.values()].filter((each) => each === 'tabs').length
    },
    progressOf: (run) =>
      [...progress.values()].filter((each) => each.run === run).map((each) => each.progress),
    share(now) {
      if (store === now) return
      store = now
      if (isReady) say({ type: 'hello', tab, store })
    },
    hello() {
      if (isReady) return
      isReady = true
      say({ type: 'hello', tab, store })
    },
    go: (run, settings) => say({ type: 'go', tab, run, settings }),
    tell: (type, settings) => say({ type, tab, settings }),
    report: (run, own) => say({ type: 'progress', tab, run, progress: own }),
    forgetSilent(run) {
      for (const other of others.keys()) {
        if (progress.get(other)?.run !== run) others.delete(other)
      }
    },
  }
}
