import { expect, onTestFinished, test, vi } from 'vitest'

import { createSession, memoryStore } from 'unexpired'
import { mountDevtools } from 'unexpired/devtools'

import { openPage } from './page.js'

/** Two holders of one store, each with a panel. */
function twoTabs(names: readonly [string, string]) {
  const page = openPage()
  const store = memoryStore()
  const refresh = async () => ({ accessToken: `token-${Math.random()}` })
  const sessions = names.map((name) => {
    const session = createSession({ refresh, store })
    const unmount = mountDevtools(session, { open: true, name })
    onTestFinished(async () => {
      unmount()
      await session.close()
    })
    return session
  })
  const detail = (index: number): string => page.find('li.event div.hint', index).textContent
  return { page, sessions, detail }
}

test('a panel says which tab refreshed, where that has a panel too', async () => {
  const { page, sessions, detail } = twoTabs(['session', 'session'])
  const [here, other] = sessions
  await here?.signIn({ accessToken: 'first' })
  await other?.ready
  await here?.refresh()
  await vi.waitFor(() => {
    page.frame()
    expect(detail(1)).toMatch(/refreshed by tab \w{1,4}/)
  })
  const [label] = /tab \w+/.exec(detail(1)) ?? []
  expect(page.find('.header .hint', 0).textContent).toBe(`session · ${label}`)
  expect(detail(0)).toMatch(/refreshed here in/)
})

test('of a tab without a panel of this name, it is said that it was another', async () => {
  const { page, sessions, detail } = twoTabs(['one', 'other'])
  await sessions[0]?.signIn({ accessToken: 'first' })
  await sessions[1]?.ready
  await sessions[0]?.refresh()
  await vi.waitFor(() => {
    page.frame()
    expect(detail(1)).toBe('refreshed by another tab or process')
  })
})

test('what strangers say on the channel changes nothing', async () => {
  const { page, sessions, detail } = twoTabs(['one', 'other'])
  const channel = new BroadcastChannel('unexpired-devtools:other')
  onTestFinished(() => channel.close())
  const [here, other] = sessions
  await here?.signIn({ accessToken: 'first' })
  await other?.ready
  const { sessionId = '' } = here?.getSnapshot() ?? {}
  for (const said of [null, {}, 7, 'x', `${sessionId.slice(0, 4)}-2 a-very-long-label`]) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- channels have none
    channel.postMessage(said)
  }
  await here?.refresh()
  await vi.waitFor(() => {
    page.frame()
    expect(detail(1)).toBe('refreshed by another tab or process')
  })
})
