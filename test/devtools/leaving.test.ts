import { afterEach, expect, test, vi } from 'vitest'

import { createSession, type Session, type SessionEvents } from 'unexpired'
import { mountDevtools } from 'unexpired/devtools'

import { openPage } from './page.js'

afterEach(() => {
  vi.useRealTimers()
})

/** The same session, with a count of who listens. */
function counted(session: Session): { session: Session; listeners(): number } {
  let count = 0
  const once = (stop: () => void) => {
    count += 1
    return () => {
      count -= 1
      stop()
    }
  }
  return {
    session: {
      ...session,
      get status() {
        return session.status
      },
      get tokens() {
        return session.tokens
      },
      on: <E extends keyof SessionEvents>(
        type: E,
        listener: (event: SessionEvents[E]) => void,
      ): (() => void) => once(session.on(type, listener)),
      subscribe: (listener) => once(session.subscribe(listener)),
    },
    listeners: () => count,
  }
}

test('unmounting leaves nothing behind: no listener, element, timer, frame or channel', async () => {
  const page = openPage()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const closed = vi.spyOn(BroadcastChannel.prototype, 'close')
  const own = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  const watched = vi.spyOn(page.window.document, 'addEventListener')
  const left = vi.spyOn(page.window.document, 'removeEventListener')
  const { session, listeners } = counted(own)
  await session.signIn({ accessToken: 'first', expiresIn: 60 })
  const timers = vi.getTimerCount()

  const unmount = mountDevtools(session, { open: true })
  page.frame()
  expect(listeners()).toBeGreaterThan(0)
  expect(vi.getTimerCount()).toBeGreaterThan(timers)
  session.expire()

  unmount()
  expect(listeners()).toBe(0)
  expect(vi.getTimerCount()).toBe(timers)
  expect(page.frame()).toBe(0)
  expect(page.window.document.querySelector('unexpired-devtools')).toBeNull()
  expect(closed).toHaveBeenCalledTimes(1)
  expect(left.mock.calls).toEqual(watched.mock.calls)
  await session.refresh()
  expect(page.frame()).toBe(0)
  unmount()
  await own.close()
})

test('mounted again and again, only one is there', () => {
  const page = openPage()
  const session = createSession({ refresh: async () => ({ accessToken: 'second' }) })
  for (let n = 0; n < 3; n += 1) mountDevtools(session)()
  mountDevtools(session)
  expect(page.window.document.querySelectorAll('unexpired-devtools')).toHaveLength(1)
})
