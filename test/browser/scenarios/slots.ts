import type { Tab } from '../harness/engine.js'

/** Runs a body in the page with `slots`, the object store of all records, in a transaction. */
const inSlots = <T>(tab: Tab, mode: IDBTransactionMode, body: string): Promise<T> =>
  tab.run<T>(`
    const opening = indexedDB.open('unexpired')
    const database = await new Promise((resolve, reject) => {
      opening.onupgradeneeded = () => opening.result.createObjectStore('sessions')
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    const transaction = database.transaction('sessions', '${mode}')
    const slots = transaction.objectStore('sessions')
    const request = await (async () => { ${body} })()
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve
      transaction.onabort = () => reject(transaction.error)
    })
    database.close()
    return request.result ?? null`)

/** What lies there. */
export const readSlot = <T = string | null>(tab: Tab, slot: string): Promise<T> =>
  inSlots<T>(tab, 'readonly', `return slots.get(${JSON.stringify(slot)})`)

/** Puts the value of a JavaScript expression there, and tells nobody. */
export const putSlot = (tab: Tab, slot: string, expression: string): Promise<unknown> =>
  inSlots(tab, 'readwrite', `return slots.put(${expression}, ${JSON.stringify(slot)})`)

/** The record of this format. */
export interface SlotRecord {
  readonly version: number
  readonly sessionId: string
  readonly generation: number
  readonly receivedAt: number
  readonly reason?: string
  readonly tokens?: { readonly accessToken: string; readonly refreshToken: string }
}

export async function readRecord(tab: Tab, key = 'auth'): Promise<SlotRecord> {
  const text = await readSlot(tab, `v1/${key}`)
  return JSON.parse(text ?? 'null') as SlotRecord
}

/** As another holder of the store does, but that nobody is woken. */
export const putRecord = (tab: Tab, record: SlotRecord, key = 'auth'): Promise<unknown> =>
  putSlot(tab, `v1/${key}`, JSON.stringify(JSON.stringify(record)))
