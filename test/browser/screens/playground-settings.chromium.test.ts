import { describe, expect, it } from 'vitest'

import { useScreen } from '../harness/screen.js'
import { boardOf, openBoard, quick } from './board.js'

const screen = useScreen()

const sent = 8
const all = { sent, answered: sent, failed: 0, waiting: 0, 'signed-out': 0 }
const once = { ...all, refreshes: 1, 'turned-away': sent, served: sent, 'reuse-detected': 0 }

describe('the settings of the playground', () => {
  it('protocol, client and store: right always one refresh and all answered, left one for each request', async () => {
    const board = await openBoard(screen, quick)
    // Any two of them meet.
    const steps = [
      {},
      { client: 'fetch', store: 'tabs' },
      { protocol: 'x-token', client: 'axios' },
      { client: 'fetch', store: 'memory' },
    ]
    for (const step of steps) {
      for (const [name, value] of Object.entries(step)) await board.set(name, value)
      await board.expireAndSend()
      await board.shows('right', once)
      await board.shows('left', { sent, refreshes: sent })
      const prefix = new URL(board.page.url()).search.includes('x-token') ? '/x/' : '/api/'
      const asked = board.playground.right.requests.filter(({ kind }) => kind === 'api')
      expect(asked.length).toBe(2 * sent)
      for (const { path } of asked) expect(path).toContain(prefix)
    }
  })

  it('number, latencies, lifetime, its announcement and rotation: the servers have them, the address too', async () => {
    const board = await openBoard(screen, quick)
    const { page, playground } = board
    await board.set('requests', '5')
    expect(await page.locator('#send').innerText()).toBe('Send 5 requests')
    await board.set('api', '70')
    await board.set('refresh', '210')
    await board.set('rotation', 'none')
    await board.expireAndSend()
    await board.shows('right', { sent: 5, answered: 5, refreshes: 1 })
    // Whoever refreshes five times with one token is not thrown out here.
    await board.shows('left', { sent: 5, answered: 5, refreshes: 5, 'families-revoked': 0 })
    for (const { kind, tookMs } of playground.right.requests) {
      expect(tookMs).toBeGreaterThanOrEqual(kind === 'refresh' ? 209 : 69)
    }

    await board.set('lifetime', '1')
    await board.set('token', 'over')
    await board.send()
    // It knows the lifetime, so nothing is turned away.
    await board.shows('right', { sent: 5, answered: 5, refreshes: 1, 'turned-away': 0 })
    await board.set('announce', 'no')
    await board.send()
    await board.shows('right', { sent: 5, answered: 5, refreshes: 1, 'turned-away': 5 })

    const { search } = new URL(page.url())
    await page.reload()
    await boardOf(playground, page)
    expect(new URL(page.url()).search).toBe(search)
    expect(await page.locator('#set-announce').inputValue()).toBe('no')
  })

  it('two tabs: both send, both show the same counts, and right one refresh serves both', async () => {
    const board = await openBoard(screen, `${quick}&store=tabs`)
    const opened = board.page.context().waitForEvent('page')
    await board.press('open-tab')
    const other = await boardOf(board.playground, await opened)
    for (const { page } of [board, other]) {
      await expect.poll(() => page.locator('#tabs').innerText()).toMatch(/^2 tabs/)
    }
    await board.page.bringToFront()
    await board.expireAndSend()
    await other.idle(1)
    for (const each of [board, other]) {
      await each.shows('right', {
        ...{ sent: 2 * sent, answered: 2 * sent, failed: 0, waiting: 0, 'signed-out': 0 },
        ...{ refreshes: 1, served: 2 * sent, 'reuse-detected': 0 },
      })
      await each.shows('left', { sent: 2 * sent })
      expect(await each.isSignedIn('right')).toBe(true)
    }
  })
})
