import { bearerAxios } from '../plain/bearer-axios.js'
import { bearerFetch } from '../plain/bearer-fetch.js'
import type { Kept, PlainClient, PlainParts, PlainStorage } from '../plain/parts.js'
import { xTokenAxios } from '../plain/x-token-axios.js'
import { xTokenFetch } from '../plain/x-token-fetch.js'
import { username } from './actor.js'
import type { Actor, ActorParts } from './actor.js'
import { sendLoad } from './load.js'
import type { Load } from './load.js'
import { createPlainLanes } from './plain-lanes.js'
import { recordingAdapter, recordingFetch } from './recording.js'

const makers = {
  bearer: { axios: bearerAxios, fetch: bearerFetch },
  'x-token': { axios: xTokenAxios, fetch: xTokenFetch },
}

const storageKey = 'unexpired-playground-plain'

function readKept(): Kept {
  try {
    return Object(JSON.parse(localStorage.getItem(storageKey) ?? '{}')) as Kept
  } catch {
    return {}
  }
}

function storageFor({ store }: ActorParts['settings']): PlainStorage {
  if (store === 'tabs') {
    return { get: readKept, set: (kept) => localStorage.setItem(storageKey, JSON.stringify(kept)) }
  }
  let kept: Kept = {}
  return {
    get: () => kept,
    set(next) {
      kept = next
    },
  }
}

/** The interceptor that everybody copies. */
export function plainActor({ wire, settings, changed }: ActorParts): Actor {
  const storage = storageFor(settings)
  const lanes = createPlainLanes()
  let client: PlainClient
  let letGo = (): void => undefined
  let load: Load | undefined
  let signedOut = 0
  let isOut = false

  /** A client of its own for each run: what the one before still does must not reach into this one. */
  function renew(): void {
    letGo()
    let isCurrent = true
    letGo = () => {
      isCurrent = false
    }
    const parts: PlainParts = {
      url: wire.url,
      storage: {
        get: storage.get,
        set: (kept) => void (isCurrent && storage.set(kept)),
      },
      goToSignIn() {
        if (!isCurrent) return
        signedOut += 1
        isOut = true
        changed()
      },
      fetch: recordingFetch(lanes.sent),
      adapter: recordingAdapter(lanes.sent),
    }
    client = makers[settings.protocol][settings.client](parts)
  }

  renew()
  return {
    async signIn() {
      await client.signIn(username)
      isOut = false
      changed()
    },
    noticeSignIn() {
      isOut = false
    },
    get isSignedIn() {
      return !isOut && storage.get().accessToken !== undefined
    },
    get signedOut() {
      return signedOut
    },
    get answers() {
      return load?.answers ?? []
    },
    // Its clients are as many as its runs.
    async calm() {},
    begin() {
      // The next one could not go on with the tokens of this one.
      if (lanes.isRefreshing()) isOut = true
      load?.cancel()
      load = undefined
      signedOut = 0
      lanes.begin(0)
      renew()
    },
    async send(count) {
      lanes.begin(count)
      load = sendLoad(client, count, (index, answer) => {
        lanes.settled(index, answer)
        changed()
      })
      await load.isOver
    },
    lanes: lanes.lanes,
    close() {
      load?.cancel()
      letGo()
    },
  }
}
