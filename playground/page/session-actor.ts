import { memoryStore } from 'unexpired'
import type { Session } from 'unexpired'
import { browserStore } from 'unexpired/browser'

import type { Lane } from '../../src/devtools/lane.js'
import { recordLanes } from '../../src/devtools/lanes-of.js'
import * as withAxios from '../session/with-axios.js'
import * as withFetch from '../session/with-fetch.js'
import { username } from './actor.js'
import type { Actor, ActorParts } from './actor.js'
import { sendLoad } from './load.js'
import type { Load } from './load.js'
import { pause } from './turns.js'

const makers = {
  bearer: { axios: withAxios.bearerAxios, fetch: withFetch.bearerFetch },
  'x-token': { axios: withAxios.xTokenAxios, fetch: withFetch.xTokenFetch },
}

/** How long the session's own end of a refresh is waited for, and how often is looked. Milliseconds. */
const calmMs = 12_000
const stepMs = 40

export interface SessionActor extends Actor {
  readonly session: Session
}

/**
 * How long a refresh may take. Ten seconds as ever, but for the one that hangs: it is given up while
 * somebody is watching. Milliseconds.
 */
const deadlineMs = ({ fault, refresh }: ActorParts['settings']): number =>
  fault === 'hang' ? refresh + 1_200 : 10_000

/** The same with a session of unexpired. */
export function sessionActor({ wire, settings, changed }: ActorParts): SessionActor {
  let signedOut = 0
  let begunAt = 0
  let load: Load | undefined
  const { protocol, client: name, store } = settings
  const client = makers[protocol][name]({
    url: wire.url,
    origins: wire.origins,
    refreshTimeoutMs: deadlineMs(settings) * wire.patience,
    store: store === 'tabs' ? browserStore(`playground-${protocol}`) : memoryStore(),
    onSignedOut({ reason }) {
      // Whoever signs out by hand is not sent to sign in.
      if (reason !== 'refused') return
      signedOut += 1
      changed()
    },
  })
  const { session } = client
  const record = recordLanes(session, changed)
  const unsubscribe = session.subscribe(changed)

  return {
    session,
    async signIn() {
      await client.signIn(username)
    },
    // The store tells it.
    noticeSignIn() {},
    get isSignedIn() {
      return session.status === 'active' || session.status === 'refreshing'
    },
    get signedOut() {
      return signedOut
    },
    get answers() {
      return load?.answers ?? []
    },
    async calm(signal) {
      load?.cancel()
      for (let ms = 0; ms < calmMs && session.status === 'refreshing'; ms += stepMs) {
        await pause(stepMs, signal)
      }
    },
    begin() {
      load?.cancel()
      load = undefined
      signedOut = 0
      begunAt = performance.now()
    },
    async send(count) {
      begunAt = performance.now()
      load = sendLoad(client, count, changed)
      await load.isOver
    },
    lanes: () => record.lanes().flatMap((lane) => since(lane, begunAt)),
    close() {
      load?.cancel()
      unsubscribe()
      record.stop()
      void session.close()
    },
  }
}

/** A lane as it is shown: what belongs to this run, with a short name. */
function since(lane: Lane, begunAt: number): Lane[] {
  const spans = lane.spans.filter(({ to }) => to === undefined || to >= begunAt)
  if (lane.what === 'refresh') return [{ ...lane, spans }]
  const [first] = spans
  if (!first || first.from < begunAt) return []
  return [{ ...lane, label: lane.label.replace(/^GET .*\/(?:api|x)(?=\/)/, ''), spans }]
}
