import fc from 'fast-check'
import { createSession } from 'unexpired'
import { browserStore } from 'unexpired/browser'
import { expect, onTestFinished, test } from 'vitest'

import { canary, oddStoredTexts } from './odd-records.js'
import { expectCleanPrototypes } from './promises-kept.js'
import { longestMs, runs } from './runs.js'

/** A page without IndexedDB: the record lies in localStorage, where a stranger may have been. */
function openPage(texts: Map<string, string>): void {
  const localStorage = {
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  }
  const document = new EventTarget()
  for (const [name, value] of Object.entries({ localStorage, document })) {
    Object.defineProperty(globalThis, name, { value, configurable: true })
    onTestFinished(() => void Reflect.deleteProperty(globalThis, name))
  }
}

test(
  'G32 G34 G40 whatever lies in a page’s storage, browserStore takes it for absent, or as it is',
  async () => {
    const texts = new Map<string, string>()
    openPage(texts)
    const property = fc.asyncProperty(oddStoredTexts, async (text) => {
      texts.clear()
      texts.set('unexpired/v1/auth', text)
      const session = createSession({
        store: browserStore('auth', { mirror: () => localStorage }),
        refresh: () => Promise.reject(new Error('not called')),
      })
      await session.ready
      expect(['active', 'signed-out']).toContain(session.status)
      expect(JSON.stringify(session.explain())).not.toContain(canary)
      await session.signIn({ accessToken: 'good-1', expiresIn: 600 })
      expect(await session.getAccessToken()).toBe('good-1')
      expect(JSON.parse(texts.get('unexpired/v1/auth') ?? '')).toMatchObject({
        tokens: { accessToken: 'good-1' },
      })
      await session.close()
      expectCleanPrototypes()
    })
    await fc.assert(property, runs(60))
  },
  longestMs,
)
