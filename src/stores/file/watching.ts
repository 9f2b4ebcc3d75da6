import { watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'

import { identityOf } from './identity.js'
import type { Lose } from './locks.js'
import { makePlace, readText } from './record-file.js'

interface Watcher {
  changed(): void
  readonly degraded: Lose | undefined
}

/** Nobody has looked yet. */
const untold = Symbol('untold')

/** How often a file is looked at besides, as events may stop to come (milliseconds). */
const lookMs = 5_000

/** Tells sessions here that another process changed the file. */
export function createWatching(path: string) {
  const watchers = new Set<Watcher>()
  const lost = new Map<string, string>()
  /** What was there when they were told last. */
  let told: string | typeof untold | undefined = untold
  let changing = 0
  let stopWatching: (() => void) | undefined

  const tell = (): void => {
    for (const { changed } of [...watchers]) changed()
  }

  const lose: Lose = (missing, meaning) => {
    if (lost.has(missing)) return
    const message = `no ${missing}: ${meaning}`
    lost.set(missing, message)
    for (const { degraded } of [...watchers]) degraded?.(missing, message)
  }

  /** One look at a time: what an older one saw is never told after a newer one. */
  let isLooking = false
  let isAsked = false

  async function look(): Promise<void> {
    isAsked = true
    if (isLooking) return
    isLooking = true
    try {
      while (isAsked) {
        isAsked = false
        await lookOnce()
      }
    } finally {
      isLooking = false
    }
  }

  async function lookOnce(): Promise<void> {
    let text: string | undefined
    try {
      text = await readText(path)
    } catch {
      // It cannot be read: sessions are told so when they need it.
      return
    }
    // What is put there from here is told by us.
    if (changing > 0 || text === told) return
    const isFirst = told === untold
    told = text
    if (!isFirst || text !== undefined) tell()
  }

  function start(): () => void {
    let events: FSWatcher | undefined
    let directory = dirname(path)
    /** Which one that was, when it was begun to be watched. */
    let watched: string | undefined
    let isOver = false
    const blind = (): void => {
      events?.close()
      lose('file-events', `changes are looked for each ${lookMs / 1_000} s`)
    }
    const arm = async (file: string): Promise<void> => {
      directory = dirname(file)
      watched = await identityOf(directory)
      if (isOver) return
      const armed = watch(directory, { persistent: false }, (_event, name) => {
        // Deno does not know `persistent`, and has forgotten this with each event.
        setImmediate(() => armed.unref())
        // Others' files in that directory change too.
        if (name === null || name === basename(file)) void look()
      })
      armed.unref()
      armed.on('error', blind)
      events = armed
      // Something may have happened meanwhile.
      void look()
    }
    const begin = (): void => void makePlace(path).then(arm).catch(blind)
    const timer = setInterval(() => void tick(), lookMs)
    timer.unref()
    async function tick(): Promise<void> {
      void look()
      const there = await identityOf(directory)
      // It was made anew: of the old one nothing will be heard any more.
      if (!events || isOver || there === undefined || there === watched) return
      events.close()
      begin()
    }
    begin()
    return () => {
      isOver = true
      clearInterval(timer)
      events?.close()
    }
  }

  return {
    lose,
    /** What was seen first: changes are told from there on. */
    seen(text: string | undefined): void {
      if (told === untold) told = text
    },
    /** Does what puts this text there; those here are told once, by us. */
    async change(text: string | undefined, put: () => Promise<unknown>): Promise<void> {
      changing += 1
      try {
        await put()
        told = text
      } finally {
        changing -= 1
      }
      tell()
    },
    watch(changed: () => void, degraded?: Lose): () => void {
      const watcher = { changed, degraded }
      watchers.add(watcher)
      for (const [missing, message] of lost) degraded?.(missing, message)
      stopWatching ??= start()
      return () => {
        if (!watchers.delete(watcher) || watchers.size > 0) return
        stopWatching?.()
        stopWatching = undefined
      }
    },
  }
}
