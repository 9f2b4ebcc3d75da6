import type { Recorder } from './recorder.js'

/** Where a record may lie, and tokens in it: under a key of the app's, never under one of the panel's. */
const ofThePanel = 'unexpired-devtools'

export const isThePanels = (key: string): boolean => key.startsWith(ofThePanel)

const names = ['localStorage', 'sessionStorage'] as const

/** Looks at what lies in the storages of the page that a test has opened, if it has. */
export function readStorages(recorder: Recorder): void {
  for (const name of names) {
    const storage = storageOf(name)
    for (let index = 0; index < (storage?.length ?? 0); index += 1) {
      const key = storage?.key(index) ?? ''
      recorder.show(key, 'storage')
      if (isThePanels(key)) {
        recorder.show(storage?.getItem(key) ?? '', 'storage')
      }
    }
  }
}

/** Later Nodes have one of their own, and warn where it is looked at: a page's is put there by a test. */
function storageOf(name: (typeof names)[number]): Storage | undefined {
  const found = Object.getOwnPropertyDescriptor(globalThis, name)
  const value: unknown = found && 'value' in found ? found.value : undefined
  return typeof (value as Storage | undefined)?.key === 'function' ? (value as Storage) : undefined
}
