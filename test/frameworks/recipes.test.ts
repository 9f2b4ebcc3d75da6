import { readFile } from 'node:fs/promises'

import type { SessionSnapshot } from 'unexpired'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { errorOf, times } from '../contract/stage.js'
import { loadApp } from './apps/build.js'
import { counted } from './counted.js'
import { enterPage, place, shows, soon } from './page.js'
import { startApp } from './signed-in.js'

enterPage()
const rootOf = (path: string): URL => new URL(`../../${path}`, import.meta.url)

describe.each(['vue', 'svelte', 'solid'])('the recipe for %s', async (framework) => {
  const app = await loadApp(framework)

  /** Puts an app into the page, and collects what the framework passes on. */
  async function show() {
    const { session, ...more } = await startApp()
    const watched = counted(session)
    const element = place()
    const seen: string[] = []
    const rendered = ({ status, generation }: SessionSnapshot): void =>
      void seen.push(`${status} ${generation}`)
    let mounted: (() => unknown) | undefined = app.mount(element, watched.session, rendered)
    async function unmount(): Promise<void> {
      await mounted?.()
      mounted = undefined
    }
    onTestFinished(unmount)
    onTestFinished(() => element.remove())
    return { ...more, ...watched, element, seen, unmount }
  }

  test('shows signing in, refreshing, and the end when the refresh is refused', async () => {
    const { call, element, signIn, get, seen, server } = await show()
    await shows(element, 'signed-out 0')
    await signIn('ann')
    await shows(element, 'active 1')
    call()
    server.orders.expireNow()
    await Promise.all(times(5, (id) => get(`/${id}`)))
    await shows(element, 'active 2')
    server.orders.expireNow()
    server.orders.refuseRefresh()
    await errorOf(get('/me'))
    await shows(element, 'signed-out 3')
    // Each once: that call told of no change.
    expect(seen).toEqual([
      'signed-out 0',
      'active 1',
      'refreshing 1',
      'active 2',
      'refreshing 2',
      'signed-out 3',
    ])
  })

  test('listens once, and not any more when its app is taken out of the page', async () => {
    const { element, listeners, seen, session, signIn, unmount } = await show()
    await shows(element, 'signed-out 0')
    expect(listeners()).toBe(1)
    await unmount()
    await vi.waitFor(() => expect(listeners()).toBe(0), soon)
    await signIn('ann')
    expect(session.status).toBe('active')
    expect(seen).toEqual(['signed-out 0'])
  })

  test('stands in the docs as it is tested', async () => {
    const docs = await readFile(rootOf('docs/frameworks.md'), 'utf8')
    const code = await readFile(rootOf(`examples/${framework}.ts`), 'utf8')
    expect(docs).toContain(`\`\`\`ts\n${code}\`\`\``)
  })
})
