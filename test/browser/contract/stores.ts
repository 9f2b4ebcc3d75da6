import { browserStore } from 'unexpired/browser'
import { storeContract } from '../../stores/store-contract.js'

let places = 0

/** Runs work on the object store that all records are in, and gives what its last request gave. */
async function inSlots<T>(
  mode: IDBTransactionMode,
  work: (slots: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open('unexpired')
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('sessions'))
  await over(opening)
  const database = opening.result
  const request = work(database.transaction('sessions', mode).objectStore('sessions'))
  await over(request)
  database.close()
  return request.result
}

const over = (request: IDBRequest): Promise<void> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve())
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB failed')))
  })

/** The store that pages use, on what an engine really has. */
export function describePageStores(): void {
  storeContract('browserStore in IndexedDB', () => {
    // Several frames of one origin run these at one time.
    const key = `contract-${location.search}-${(places += 1)}`
    return {
      open: () => browserStore(key),
      put: (text) => inSlots('readwrite', (slots) => slots.put(text, `v1/${key}`)),
      text: () => inSlots<string | undefined>('readonly', (slots) => slots.get(`v1/${key}`)),
    }
  })
}
