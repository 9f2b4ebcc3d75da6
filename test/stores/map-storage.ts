import type { KeyValueStorage } from 'unexpired'

/** Storage in a Map that answers at once. */
export function mapStorage(kept = new Map<string, string>()) {
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } satisfies KeyValueStorage & { kept: Map<string, string> }
}

/** The same, as async storages answer: later, and not always as late. */
export function slowMapStorage(kept = new Map<string, string>()) {
  const now = mapStorage(kept)
  let calls = 0
  const later = <T>(work: () => T): Promise<T> =>
    new Promise((done) => void setTimeout(() => done(work()), (calls += 1) % 3))
  return {
    kept,
    getItem: (key: string) => later(() => now.getItem(key)),
    setItem: (key: string, value: string) => later(() => now.setItem(key, value)),
    removeItem: (key: string) => later(() => now.removeItem(key)),
  } satisfies KeyValueStorage & { kept: Map<string, string> }
}
