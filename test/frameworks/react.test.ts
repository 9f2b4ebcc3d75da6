import { createElement, startTransition, StrictMode, useLayoutEffect } from 'react'
import type { ReactNode } from 'react'
import type { Session, SessionSnapshot } from 'unexpired'
import { useSession } from 'unexpired/react'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { MockInstance } from 'vitest'

import { errorOf, times } from '../contract/stage.js'
import { Account } from './account.js'
import { counted } from './counted.js'
import { enterPage, place, shown, soon } from './page.js'
import { startApp } from './signed-in.js'

enterPage()
// Only now: it looks at import whether there is a page.
const { createRoot } = await import('react-dom/client')
const { flushSync } = await import('react-dom')

/** What React warns of, it says there. */
let complaints: MockInstance<typeof console.error>
beforeEach(() => {
  complaints = vi.spyOn(console, 'error').mockReturnValue()
})

/** Puts it into the page. */
function show(content: ReactNode) {
  const element = place()
  const root = createRoot(element)
  const render = (next: ReactNode): void => flushSync(() => root.render(next))
  const unmount = (): void => flushSync(() => root.unmount())
  onTestFinished(() => {
    unmount()
    element.remove()
    expect(complaints.mock.calls).toEqual([])
  })
  render(content)
  return { element, root, render, unmount }
}

describe.each([
  ['', (content: ReactNode) => content],
  [' in StrictMode', (content: ReactNode) => createElement(StrictMode, null, content)],
])('a component%s', (_, mode) => {
  test('shows signing in, refreshing, and the end when the refresh is refused', async () => {
    const { session, signIn, get, server } = await startApp()
    const seen: string[] = []
    const rendered = ({ status, generation }: SessionSnapshot): void => {
      const now = `${status} ${generation}`
      if (now !== seen.at(-1)) seen.push(now)
    }
    const { element } = show(mode(createElement(Account, { session, rendered })))
    expect(shown(element)).toBe('signed-out 0')
    await signIn('ann')
    expect(shown(element)).toBe('active 1')

    server.orders.expireNow()
    await Promise.all(times(5, (id) => get(`/${id}`)))
    expect(shown(element)).toBe('active 2')

    server.orders.expireNow()
    server.orders.refuseRefresh()
    await errorOf(get('/me'))
    expect(shown(element)).toBe('signed-out 3')
    expect(seen).toEqual([
      'signed-out 0',
      'active 1',
      'refreshing 1',
      'active 2',
      'refreshing 2',
      'signed-out 3',
    ])
  })

  test('shows the session that it is given now, and listens to that one alone', async () => {
    const ann = await startApp()
    const bob = await startApp()
    await bob.signIn('bob')
    const first = counted(ann.session)
    const second = counted(bob.session)
    const page = show(mode(createElement(Account, { session: first.session })))
    expect([first.listeners(), second.listeners()]).toEqual([1, 0])
    page.render(mode(createElement(Account, { session: second.session })))
    expect(shown(page.element)).toBe('active 1')
    expect([first.listeners(), second.listeners()]).toEqual([0, 1])
    await ann.signIn('ann')
    await bob.session.signOut()
    expect(shown(page.element)).toMatch(/^signed-out/)
    page.unmount()
    expect([first.listeners(), second.listeners()]).toEqual([0, 0])
  })
})

test('a component renders again when the session changes, and only then', async () => {
  const { session, signIn, get, server } = await startApp()
  const rendered = vi.fn<(snapshot: SessionSnapshot) => void>()
  show(createElement(Account, { session, rendered }))
  await signIn('ann')
  expect(rendered).toHaveBeenCalledTimes(2)
  await Promise.all(times(20, (id) => get(`/${id}`)))
  await session.getAccessToken()
  expect(rendered).toHaveBeenCalledTimes(2)
  server.orders.expireNow()
  await Promise.all(times(20, (id) => get(`/${id}`)))
  expect(rendered.mock.calls.map(([{ status }]) => status)).toEqual([
    'signed-out',
    'active',
    'refreshing',
    'active',
  ])
  await session.close()
  expect(rendered.mock.lastCall?.[0].status).toBe('signed-out')
})

test('a component that a change of another session does not concern is left alone', async () => {
  const ann = await startApp()
  const bob = await startApp()
  const rendered = { ann: vi.fn<() => void>(), bob: vi.fn<() => void>() }
  show([
    createElement(Account, { key: 'ann', session: ann.session, rendered: rendered.ann }),
    createElement(Account, { key: 'bob', session: bob.session, rendered: rendered.bob }),
  ])
  await ann.signIn('ann')
  expect(rendered.ann).toHaveBeenCalledTimes(2)
  expect(rendered.bob).toHaveBeenCalledTimes(1)
})

test('a change between the first render and the subscription is not missed', async () => {
  const { session, signIn } = await startApp()
  await signIn('ann')
  const { element } = show([
    createElement(Account, { key: 'account', session }),
    createElement(SignsOut, { key: 'signs-out', session }),
  ])
  await vi.waitFor(() => expect(shown(element)).toBe('signed-out 2'), soon)
})

/** Signs out before anybody can have subscribed. */
function SignsOut({ session }: { readonly session: Session }): ReactNode {
  useLayoutEffect(() => void session.signOut(), [session])
  return null
}

test('what is on the screen at one time is of one session, however slowly it renders', async () => {
  const { session, signIn } = await startApp()
  await signIn('ann')
  const commits: string[][] = []
  let renders = 0
  const rendered = (): void => {
    renders += 1
    for (const end = performance.now() + 2; performance.now() < end;);
  }
  function Many({ count }: { readonly count: number }): ReactNode {
    useLayoutEffect(() => void commits.push(shown(element).split(/ (?=[a-z])/)))
    return times(count, (key) => createElement(Account, { key, session, rendered }))
  }
  const { element, root } = show(null)
  startTransition(() => root.render(createElement(Many, { count: 40 })))
  await vi.waitFor(() => expect(renders).toBeGreaterThan(3), soon)
  expect(renders).toBeLessThan(40)
  void session.signOut()
  await vi.waitFor(() => expect(commits.at(-1)?.at(-1)).toBe('signed-out 2'), soon)
  for (const commit of commits) expect(new Set(commit).size).toBe(1)
})

test.each<unknown>([undefined, null, {}, 'session'])(
  'given %s instead of a session, it says who wants one',
  (wrong) => {
    const Wrong = (): ReactNode => useSession(wrong as Session).status
    const onUncaughtError = vi.fn<(error: unknown) => void>()
    const root = createRoot(place(), { onUncaughtError })
    flushSync(() => root.render(createElement(Wrong)))
    expect(onUncaughtError.mock.calls[0]?.[0]).toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('useSession: expected a session') as string,
    })
  },
)
