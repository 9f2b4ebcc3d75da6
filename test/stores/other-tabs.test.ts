import { keyValueStore } from 'unexpired'
import { expect, onTestFinished, test, vi } from 'vitest'

import { mapStorage } from './map-storage.js'

/** What a page has of this; test/browser/ has real ones. */
function openPage(): { changed(storageArea: unknown, key: string | null): void } {
  const page = new EventTarget()
  for (const name of ['addEventListener', 'removeEventListener'] as const) {
    vi.stubGlobal(name, page[name].bind(page))
  }
  onTestFinished(() => void vi.unstubAllGlobals())
  return {
    changed: (storageArea, key) =>
      void page.dispatchEvent(Object.assign(new Event('storage'), { storageArea, key })),
  }
}

test('what another tab puts into a localStorage is heard of, and nothing else', () => {
  const page = openPage()
  const storage = mapStorage()
  const changed = vi.fn()
  const stop = keyValueStore(storage, 'auth').watch?.(changed)
  page.changed(storage, 'other')
  page.changed(mapStorage(), 'auth')
  expect(changed).not.toHaveBeenCalled()
  page.changed(storage, 'auth')
  expect(changed).toHaveBeenCalledTimes(1)
  // All of it was cleared.
  page.changed(storage, null)
  expect(changed).toHaveBeenCalledTimes(2)
  stop?.()
  page.changed(storage, 'auth')
  expect(changed).toHaveBeenCalledTimes(2)
})
