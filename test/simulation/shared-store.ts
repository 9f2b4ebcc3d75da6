import { memoryStore } from 'unexpired'
import type { StoredSession, TokenStore } from 'unexpired'
import type { Context } from './context.js'
import { createTurns } from './turns.js'
import type { World } from './world.js'

const show = (record: StoredSession | undefined): string =>
  record
    ? `generation ${record.generation} ${record.tokens?.accessToken ?? `(${record.reason ?? 'signed out'})`}`
    : 'nothing'

/** Called at the server, and answered; each way takes a message. */
type Call = <T>(
  context: Context,
  what: string,
  act: (isStale: boolean) => { readonly result: T; readonly shown: string },
) => Promise<T>

/** One store that all contexts share: each call travels there and back. */
export function createSharedStore(world: World) {
  const { timeline, trace, setting } = world
  const turns = createTurns(world)
  const watchers = new Set<{ readonly context: Context; changed(): void }>()
  const memory = memoryStore()
  const versions: (StoredSession | undefined)[] = [undefined]
  const kept = (): StoredSession | undefined => versions.at(-1)

  function put(record: StoredSession | undefined): void {
    versions.push(record)
    const token = record?.tokens?.accessToken
    if (token !== undefined) world.written.add(token)
  }

  const call: Call = (context, what, act) =>
    new Promise((resolve, reject) => {
      const label = `${context.name} ${what}`
      const fail = (error: Error): void => {
        timeline.post(context, `${label} fails`, () => reject(error))
      }
      let isStale = false
      const goStale = (): void => {
        isStale = true
      }
      const lose = fail
      world.send(undefined, label, { kind: 'store call', of: context, lose, goStale }, () => {
        const { result, shown } = act(isStale)
        const answer = `${label}: ${shown}`
        trace.note(() => `store: ${answer}`)
        world.send(context, answer, { kind: 'store answer', of: context, lose }, () =>
          resolve(result),
        )
      })
    })

  function tell(): void {
    for (const watcher of watchers) {
      const { context } = watcher
      if (context.state === 'gone') continue
      world.send(
        context,
        `${context.name} hears of a change`,
        { kind: 'news', of: context },
        () => {
          if (watchers.has(watcher)) watcher.changed()
        },
      )
    }
  }

  function remote(context: Context): TokenStore {
    const store: TokenStore = {
      load: () =>
        call(context, 'reads', (isStale) => {
          const result = isStale ? versions.at(-2) : kept()
          return { result, shown: `${show(result)}${isStale ? ' (old)' : ''}` }
        }),
      replace: (expected, next) =>
        call(context, `writes ${show(next)} for ${show(expected)}`, () => {
          const there = kept()
          const result =
            there?.sessionId === expected?.sessionId && there?.generation === expected?.generation
          if (result) {
            put(next)
            tell()
          }
          return { result, shown: result ? 'done' : `no, it holds ${show(there)}` }
        }),
    }
    if (setting.turns !== 'none') store.exclusive = turns.exclusive(context)
    if (setting.tellsOfChanges) {
      store.watch = (changed) => {
        const watcher = { context, changed: () => changed() }
        watchers.add(watcher)
        return () => void watchers.delete(watcher)
      }
    }
    return store
  }

  /** At once, and in one page: as it is, but what it is given is looked at. */
  const inMemory: TokenStore = {
    ...memory,
    replace(expected, next) {
      const isReplaced = memory.replace(expected, next)
      if (isReplaced) put(next)
      return isReplaced
    },
  }

  return {
    turns,
    storeFor: (context: Context): TokenStore =>
      setting.turns === 'memory' ? inMemory : remote(context),
    kept,
    /** From before the run. */
    begin(record: StoredSession): void {
      put(record)
      if (setting.turns === 'memory') void memory.replace(undefined, record)
    },
    /** What was written is gone, and nobody is told. */
    lose(): void {
      trace.note(() => 'the store loses its record')
      put(undefined)
      if (setting.turns === 'memory') {
        void memory.replace(memory.load() as StoredSession | undefined, undefined)
      }
    },
    show: (): string => show(kept()),
  }
}

export type SharedStore = ReturnType<typeof createSharedStore>
