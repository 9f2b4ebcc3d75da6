import { createSession, keyValueStore, type KeyValueStorage } from 'unexpired'
import { expect, test } from 'vitest'

const storage = (): KeyValueStorage => {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key),
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  }
}

const open = (part: Partial<KeyValueStorage>) => keyValueStore(part as KeyValueStorage, 'auth')

test.each([
  ['a storage without methods', () => keyValueStore({} as KeyValueStorage, 'auth'), 'storage'],
  ['a storage that cannot be read', () => open({ setItem: () => undefined }), 'storage'],
  ['a storage that cannot be written', () => open({ getItem: () => null }), 'storage'],
  ['no key', () => keyValueStore(storage(), undefined as unknown as string), 'key'],
  ['a key that is no text', () => keyValueStore(storage(), 7 as unknown as string), 'key'],
  ['an empty key', () => keyValueStore(storage(), ''), 'key'],
])('%s is told at once, by name', (_name, make, named) => {
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-option' }))
  expect(make).toThrow(new RegExp(`keyValueStore: ${named}: expected `))
})

test('a mistake in the refresh function is not hidden behind the network', async () => {
  const session = createSession({
    refresh: () => {
      throw new TypeError('tokens.refresh is not a function')
    },
    store: keyValueStore(storage(), 'auth'),
  })
  await session.signIn({ accessToken: 'access' })
  await expect(session.refresh()).rejects.toThrow('TypeError: tokens.refresh is not a function')
  const told = session.explain().find(({ type }) => type === 'refresh-unavailable')
  expect(told).toHaveProperty('message', expect.stringContaining('refresh is not a function'))
})
