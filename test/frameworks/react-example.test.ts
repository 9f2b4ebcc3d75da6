import { readFile } from 'node:fs/promises'

import { createElement, useSyncExternalStore } from 'react'
import { expect, onTestFinished, test, vi } from 'vitest'

import { start, times } from '../contract/stage.js'
import { openPage } from '../examples/rest/page.js'
import { enterPage, place, shows, soon } from './page.js'
import { startApp } from './signed-in.js'

enterPage('https://app.example.com/')
const { createRoot } = await import('react-dom/client')
const { flushSync } = await import('react-dom')

test('the example for React signs in and out', async () => {
  const server = await start()
  const { assign } = openPage(server)
  const { signIn, session } = await import('../../examples/fetch.js')
  const { Account } = await import('../../examples/react.js')
  onTestFinished(() => void session.close())
  const element = place()
  const root = createRoot(element)
  onTestFinished(() => root.unmount())
  flushSync(() => root.render(createElement(Account)))

  await shows(element, 'Sign in')
  await signIn('ada', 'lovelace')
  await shows(element, 'Sign out')
  element.querySelector('button')?.click()
  await shows(element, 'Sign in')
  expect(assign.mock.calls).toEqual([['/login?reason=signed-out']])
})

test('the example for React stands in the docs as it is tested', async () => {
  const read = (path: string): Promise<string> =>
    readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
  const code = await read('examples/react.tsx')
  expect(await read('docs/frameworks.md')).toContain(`\`\`\`tsx\n${code}\`\`\``)
})

test('a component that asks for less renders when somebody signs in or out, and else never', async () => {
  const { session, signIn, get, server } = await startApp()
  const seen: boolean[] = []
  const isSignedIn = (): boolean => session.getSnapshot().sessionId !== undefined
  function Badge() {
    const now = useSyncExternalStore(session.subscribe, isSignedIn, () => false)
    seen.push(now)
    return now ? 'in' : 'out'
  }
  const root = createRoot(place())
  onTestFinished(() => root.unmount())
  flushSync(() => root.render(createElement(Badge)))
  await signIn('ann')
  for (const round of [1, 2]) {
    server.orders.expireNow()
    await Promise.all(times(3, (id) => get(`/${round}/${id}`)))
  }
  expect(server.counts.refreshes).toBe(2)
  await session.signOut()
  await vi.waitFor(() => expect(seen).toEqual([false, true, false]), soon)
})
