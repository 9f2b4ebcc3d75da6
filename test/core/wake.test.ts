import { expect, onTestFinished, test } from 'vitest'

import { createSession } from 'unexpired'

import { scriptedRefresh } from './scripted-refresh.js'
import { signedIn } from './start-session.js'

/** A page as far as a session looks at it. */
function openPage() {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const scope = new EventTarget()
  const names = ['document', 'addEventListener', 'removeEventListener'] as const
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name))
  const listeners = new Set<string>()
  for (const target of [page, scope]) {
    const { addEventListener: add, removeEventListener: remove } = target
    target.addEventListener = (type: string, listener: EventListener) => {
      listeners.add(type)
      add.call(target, type, listener)
    }
    target.removeEventListener = (type: string, listener: EventListener) => {
      listeners.delete(type)
      remove.call(target, type, listener)
    }
  }
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  define('document', page)
  define('addEventListener', (type: string, listener: () => void) => {
    scope.addEventListener(type, listener)
  })
  define('removeEventListener', (type: string, listener: () => void) => {
    scope.removeEventListener(type, listener)
  })
  onTestFinished(() => {
    for (const [index, name] of names.entries()) {
      const old = before[index]
      if (old) Object.defineProperty(globalThis, name, old)
      else Reflect.deleteProperty(globalThis, name)
    }
  })
  return {
    listeners,
    goOnline: () => scope.dispatchEvent(new Event('online')),
    show(visibilityState: string) {
      page.visibilityState = visibilityState
      page.dispatchEvent(new Event('visibilitychange'))
    },
  }
}

/** A session whose network is gone, in a cool-down of a few seconds. */
async function coolingDown() {
  const refresh = scriptedRefresh(
    ...Array.from({ length: 9 }, () => new TypeError('Failed to fetch')),
  )
  const started = await signedIn({ refresh })
  const { session, clock } = started
  await clock.advance(60_000)
  for (let flight = 0; flight < 3; flight += 1) {
    const failed = expect(session.refresh()).rejects.toMatchObject({ reason: 'network' })
    await clock.advance(1_000)
    await failed
  }
  await expect(session.getAccessToken()).rejects.toMatchObject({ reason: 'network' })
  expect(refresh.calls).toHaveLength(9)
  return started
}

test('G38 coming back online ends the cool-down', async () => {
  const page = openPage()
  const { session } = await coolingDown()
  page.goOnline()
  expect(await session.getAccessToken()).toBe('access-2')
})

test('G38 coming into view ends the cool-down, going out of view does not', async () => {
  const page = openPage()
  const { session } = await coolingDown()
  page.show('hidden')
  await expect(session.getAccessToken()).rejects.toMatchObject({ reason: 'network' })
  page.show('visible')
  expect(await session.getAccessToken()).toBe('access-2')
})

test('G38 coming back online sends nothing by itself', async () => {
  const page = openPage()
  const { clock, refresh } = await coolingDown()
  page.goOnline()
  page.show('visible')
  await clock.advance(60_000)
  expect(refresh.calls).toHaveLength(9)
})

test('a session that is closed listens to the page no more', async () => {
  const page = openPage()
  const { session } = await coolingDown()
  expect([...page.listeners]).toEqual(['online', 'visibilitychange'])
  session.close()
  expect([...page.listeners]).toEqual([])
})

test('G34 a platform that has only half of this is fine', () => {
  openPage()
  Object.defineProperty(globalThis, 'document', { value: {}, configurable: true })
  Object.defineProperty(globalThis, 'addEventListener', { value: undefined, configurable: true })
  const session = createSession({ refresh: scriptedRefresh() })
  expect(session.status).toBe('signed-out')
  session.close()
})
