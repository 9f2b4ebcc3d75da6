import { createElement, StrictMode } from 'react'
import { memoryStore } from 'unexpired'
import { expect, onTestFinished, test, vi } from 'vitest'

import { start } from '../contract/stage.js'
import { enterPage, place, shown, soon } from './page.js'

enterPage()
// Only now: they look at import whether there is a page.
const { createRoot } = await import('react-dom/client')
const { flushSync } = await import('react-dom')
const { App } = await import('../../playground/react/app.js')
const { createBackEnd } = await import('../../playground/react/back-end.js')
const { createQueryClient } = await import('../../playground/react/query-client.js')

/** Opens the app that the playground shows, on a server of its own. */
async function open() {
  const complaints = vi.spyOn(console, 'error').mockReturnValue()
  const server = await start()
  const { url } = server
  const backEnd = createBackEnd({ base: url, store: memoryStore(), origins: [url] })
  const queryClient = createQueryClient(backEnd.session)
  const element = place()
  const root = createRoot(element)
  const app = createElement(App, { backEnd, queryClient })
  onTestFinished(() => {
    root.unmount()
    queryClient.clear()
    void backEnd.session.close()
    element.remove()
    expect(complaints.mock.calls).toEqual([])
  })
  flushSync(() => root.render(createElement(StrictMode, null, app)))

  const find = (selector: string): HTMLElement | null => element.querySelector(selector)
  /** Whatever has been on the screen, word for word. */
  const seen = new Set<string>()
  const observer = new window.MutationObserver(() => seen.add(shown(element)))
  observer.observe(element, { childList: true, characterData: true, subtree: true })
  onTestFinished(() => observer.disconnect())
  return {
    server,
    session: backEnd.session,
    seen,
    shows: (text: string | RegExp): Promise<void> =>
      vi.waitFor(() => expect(shown(element)).toMatch(text), soon),
    says: (name: 'generation' | 'failed'): number =>
      Number(find(`[data-${name}]`)?.getAttribute(`data-${name}`)),
    values: (): string[] =>
      [...element.querySelectorAll('.value')].map(({ textContent }) => textContent),
    press(name: string): void {
      const buttons = [...element.querySelectorAll('button')]
      const button = buttons.find(({ textContent }) => textContent === name)
      expect(button, name).toBeDefined()
      button?.click()
    },
    async signIn(username: string): Promise<void> {
      const field = await vi.waitUntil(() => find('[name=username]'), soon)
      if (field instanceof window.HTMLInputElement) field.value = username
      this.press('Sign in')
      await this.shows(`Signed in as ${username}`)
    },
  }
}

const allAnswered = ({ values }: { values(): string[] }): Promise<void> =>
  vi.waitFor(() => expect(values().filter((value) => value !== '…')).toHaveLength(4), soon)

test('the app of the playground goes on while tokens expire: no question fails', async () => {
  const app = await open()
  await app.signIn('ada')
  await allAnswered(app)
  for (const generation of [2, 3]) {
    app.server.orders.expireNow()
    app.press('Ask everything now')
    await vi.waitFor(() => expect(app.says('generation')).toBe(generation), soon)
    await app.shows(new RegExp(`(every \\d s with token ${generation}.*){4}`))
  }
  app.press('Expire the token')
  await app.shows('The token has expired')
  app.press('Ask everything now')
  await app.shows(/(every \d s with token 4.*){4}/)
  expect(app.says('failed')).toBe(0)
  expect(app.server.counts.refreshes).toBe(3)
})

test('the app of the playground is signed out at its own wish', async () => {
  const app = await open()
  await app.signIn('ada')
  app.press('Sign out')
  await app.shows('You have signed out.')
  expect(app.session.status).toBe('signed-out')
})

test('refused, it asks once to sign in, and shows nothing of one user to the next', async () => {
  const app = await open()
  const ends = vi.fn<() => void>()
  app.session.on('signed-out', ends)
  await app.signIn('ada')
  await allAnswered(app)
  const ofAda = app.values()
  app.press('Revoke the session')
  await app.shows('the server would not renew it. Please sign in again.')
  expect(ends).toHaveBeenCalledTimes(1)
  expect(app.server.counts).toMatchObject({ reuseDetected: 1, familiesRevoked: 1 })

  app.seen.clear()
  await app.signIn('grace')
  await allAnswered(app)
  expect(app.values()).not.toEqual(ofAda)
  for (const value of ofAda) for (const screen of app.seen) expect(screen).not.toContain(value)
  expect(ends).toHaveBeenCalledTimes(1)
})
