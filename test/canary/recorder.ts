import { fieldsOf, safely } from './fields.js'
import type { Place } from './places.js'
import { linesOf, signatureOf } from './shown-by-error.js'
import { createWanted } from './wanted.js'

/** So many errors are kept as they are, and then written down: one is looked at when it is whole. */
const mostUnread = 200

/** So many sessions are asked for their tokens, and printed. */
const mostSessions = 16

interface KeptSession {
  readonly tokens?: unknown
}

/** What a process and a page have each of their own. */
export interface Surroundings {
  /** All that the console there shows of a value. */
  readonly print: (value: unknown) => string
  /** Whether the package made an error: apps, and so tests, may make errors of its classes, too. */
  readonly isOurs: (error: Error) => boolean
}

/** A token, or a piece of one, where none may be. */
export interface Leak {
  readonly place: Place
  /** What was shown, with each token in it masked. */
  readonly masked: string
}

export type Recorder = ReturnType<typeof createRecorder>

/** What was shown since the last look, and the tokens that have been in play. */
export function createRecorder({ print, isOurs }: Surroundings) {
  let wanted = createWanted()
  let shown = new Map<Place, Set<string>>()
  let unread: (readonly [Error, Place])[] = []
  const passed: Error[] = []
  let signatures = new Set<string>()
  let sessions: WeakRef<KeptSession>[] = []
  let begun = 0
  let allowed = new Set<Place>()

  function show(text: string, place: Place): void {
    const texts = shown.get(place)
    if (texts) texts.add(text)
    else shown.set(place, new Set([text]))
  }

  function read(): void {
    const errors = unread
    unread = []
    for (const [error, place] of errors) {
      // What was handed on is somebody else's, and what it shows is ours to see to.
      if (place === 'error' && !isOurs(error)) continue
      const signature = signatureOf(error)
      if (signatures.has(signature)) continue
      signatures.add(signature)
      for (const line of linesOf(error, print)) show(line, place)
    }
  }

  /** The tokens of a record, an answer or a session. */
  function learn(value: unknown, depth = 0): void {
    for (const [name, held] of fieldsOf(value)) {
      if (typeof held === 'string' && isTokenName(name)) wanted.add(held)
      else if (depth < 2 && (name === 'tokens' || name === 'extra')) learn(held, depth + 1)
    }
  }

  function keep(error: Error, place: Place): void {
    // While its request is sent again, its config has the token of the second attempt: it is read at the end.
    if (place === 'passed') {
      if (passed.length < mostUnread) passed.push(error)
    } else if (unread.push([error, place]) >= mostUnread) read()
  }

  return {
    show,
    learn,
    keep,
    event(event: object): void {
      for (const [, said] of fieldsOf(event)) {
        if (typeof said === 'string') show(said, 'event')
        else if (said instanceof Error) keep(said, 'event')
        else if (typeof said === 'object')
          show(
            safely(() => JSON.stringify(said)),
            'event',
          )
      }
    },
    session(session: KeptSession): void {
      // Where its store answered at once, it has tokens already.
      learn(session.tokens)
      sessions.push(new WeakRef(session))
      begun += 1
    },
    /** A token is in force somewhere: those that came with it are known to its session. */
    learnFromSessions(): void {
      for (const session of sessions.slice(-mostSessions)) learn(session.deref()?.tokens)
    },
    /** What is shown there, until the next look, is shown on purpose. */
    allow(place: Place): void {
      allowed.add(place)
    },
    /** Looks for all tokens in what was shown, and forgets what was shown. */
    look(): Leak[] {
      for (const error of passed.splice(0)) unread.push([error, 'passed'])
      read()
      for (const reference of begun ? sessions.slice(-Math.min(begun, mostSessions)) : []) {
        const session = reference.deref()
        if (!session) continue
        show(
          safely(() => print(session)),
          'session',
        )
        show(
          safely(() => JSON.stringify(session)),
          'session',
        )
      }
      const leaks: Leak[] = []
      for (const [place, texts] of shown) {
        if (allowed.has(place)) continue
        for (const text of texts) {
          if (wanted.isIn(text)) leaks.push({ place, masked: wanted.mask(text) })
        }
      }
      shown = new Map()
      signatures = new Set()
      sessions = sessions.filter((session) => session.deref())
      begun = 0
      allowed = new Set()
      return leaks
    },
    /** Another file begins: its tokens are others. */
    forget(): void {
      wanted = createWanted()
      sessions = []
    },
  }
}

const isTokenName = (name: string): boolean => /^(?:access|refresh|id)_?token$/i.test(name)
