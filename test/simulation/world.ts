import { createAuthorizationServer } from './authorization-server.js'
import { oneIn, pick, type Choices } from './choices.js'
import type { Client } from './client.js'
import type { Context } from './context.js'
import type { Jar } from './cookies.js'
import type { ModelRequest } from './requests.js'
import { graceMs, type Setting } from './setting.js'
import { createTimeline, type Message, type Place } from './timeline.js'
import { createTrace } from './trace.js'

/** Milliseconds that a message may take, most often none. */
const latencies = [0, 0, 0, 1, 20, 400]

/** What befell a run that may excuse what would be a broken promise without it. */
export type Excuse =
  /** The answer to a refresh did not reach its client in time, or the request came twice. */
  | 'answer lost'
  /** Two things befell refreshes within the grace, a lost answer among them: no try may have come in time. */
  | 'grace missed'
  /** A request for a refresh came after its client had given it up. */
  | 'late request'
  /** Whoever refreshed crashed, or stood still in it. */
  | 'interrupted'
  /** A turn was lost, or did not come, and the refresh went on without. */
  | 'without a turn'
  /** The store failed, was slow, or lost what it had. */
  | 'store trouble'
  /** A clock was set, or stood still. */
  | 'clock'
  /** The app pushed tokens from elsewhere. */
  | 'pushed'
  /** The network failed, or was slow: not every answer is in time. */
  | 'network'

export function createWorld(setting: Setting, choices: Choices, isTraced: boolean) {
  const timeline = createTimeline()
  const trace = createTrace(() => timeline.now, isTraced)
  let hampered: readonly { readonly at: number; readonly isAnswerLost: boolean }[] = []

  const world = {
    setting,
    choices,
    timeline,
    trace,
    server: createAuthorizationServer(setting, () => timeline.now),
    contexts: [] as Context[],
    clients: [] as Client[],
    requests: [] as ModelRequest[],
    /** Those that are not settled. */
    waiting: new Set<ModelRequest>(),
    excuses: new Set<Excuse>(),
    /** Contexts remember all that they were told. */
    keepsHistory: false,
    /** Until then the authorization server turns everything down. */
    downUntil: 0,
    /** Nothing is interfered with any more. */
    isHealed: false,
    /** Families whose refresh the server refused. */
    refused: new Set<string>(),
    signedOut: new Set<string>(),
    /** Access tokens that the store has held at some time. */
    written: new Set<string>(),
    /** That happened. */
    faults: 0,
    /** Of the app, on any session. */
    calls: 0,
    signIns: 0,
    signOuts: 0,
    /** Sign-outs said where nobody was known to be signed in yet. */
    blindSignOuts: 0,
    /** Whom the store holds. */
    keptFamily: (): string | undefined => undefined,
    /** Where the credential is a cookie: what the browser has. */
    jar: undefined as Jar | undefined,
    /** Each session id stands for one family of tokens. */
    families: new Map<string, string>(),

    /** Every call of a server is one step: it acts, and is heard. */
    isAtomic: false,
    /** What is answered now does not arrive. */
    losesAnswers: false,

    /** Sends something on its way. */
    send(where: Place | undefined, label: string, message: Message, run: () => void): void {
      if (world.isAtomic && message.kind.endsWith('answer') && where?.isRunning) {
        if (world.losesAnswers) message.lose?.(new Error('the connection was cut'))
        else {
          where.happens(label)
          run()
        }
        return
      }
      const afterMs = setting.latency && !world.isHealed ? pick(choices, latencies) : 0
      timeline.post(where, label, run, { afterMs, message })
    },
    /** Tells a server something that is not answered. */
    tell(label: string, run: () => void): void {
      if (world.isAtomic) run()
      else timeline.post(undefined, label, run)
    },
    oneIn: (count: number): boolean => oneIn(choices, count),
    excuse(what: Excuse): void {
      world.excuses.add(what)
    },
    /** Something befell those who refresh. One lost answer alone costs nothing where there is grace. */
    hampers(isAnswerLost: boolean): void {
      const recent = hampered.filter(({ at }) => timeline.now - at <= graceMs)
      hampered = [...recent, { at: timeline.now, isAnswerLost }]
      if (hampered.length > 1 && hampered.some((one) => one.isAnswerLost)) {
        world.excuse('grace missed')
      }
    },
    isExcused: (...by: Excuse[]): boolean => by.some((what) => world.excuses.has(what)),
  }
  return world
}

export type World = ReturnType<typeof createWorld>
