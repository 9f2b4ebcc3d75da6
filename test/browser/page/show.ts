import { mistakes } from '../../canary/mistakes.js'
import type { Place } from '../../canary/places.js'

const openDatabase = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('show', 1)
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('shown'))
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(new Error('there is no database')))
  })

/** Where a lab can show a text, for tests of the canary. */
export const show = {
  ...mistakes,
  message(text) {
    const channel = new BroadcastChannel('show')
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel takes none
    channel.postMessage(text)
    channel.close()
  },
  async storage(text) {
    const database = await openDatabase()
    database.transaction('shown', 'readwrite').objectStore('shown').put(1, text)
    database.close()
  },
} satisfies Partial<Record<Place, (text: string) => unknown>>

export type Shown = keyof typeof show
