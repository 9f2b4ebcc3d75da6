/** Where a lab can show a text, for tests of the canary. */
export type Shown = 'error' | 'event' | 'console' | 'message' | 'database'

const openDatabase = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('show', 1)
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('shown'))
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(new Error('there is no database')))
  })

/** Shows it there, as the package would by mistake. */
export const show: Record<Shown, (text: string) => unknown> = {
  error: (text) =>
    Object.defineProperty(new Error(text), Symbol.for('unexpired.SessionError'), { value: true }),
  event: (text) => Object.freeze({ type: 'told', at: 1, generation: 1, text }),
  console: (text) => console.debug(text),
  message(text) {
    const channel = new BroadcastChannel('show')
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel takes none
    channel.postMessage(text)
    channel.close()
  },
  async database(text) {
    const database = await openDatabase()
    database.transaction('shown', 'readwrite').objectStore('shown').put(1, text)
    database.close()
  },
}
