import { expect, it } from 'vitest'

import { openPlayground } from '../harness/playground.js'
import { useScreen } from '../harness/screen.js'
import { boardOf, openBoard } from './board.js'
import type { Board } from './board.js'

const screen = useScreen()

/** Long enough for a busy machine (milliseconds). */
const patience = { timeout: 20_000 }

const told = (board: Board, side: 'left' | 'right'): Promise<string> =>
  board.side(side).locator('.verdict').innerText()

const panelButton = (board: Board, name: string) =>
  board.page.locator('unexpired-devtools').getByRole('button', { name })

it('waits for who is slow, and says of nobody that they wait for ever', async () => {
  const board = await openBoard(screen, 'requests=60&rotation=none&refresh=1500&api=20')
  await board.idle(1)
  await board.shows('left', { sent: 60, answered: 60, waiting: 0 })
  await expect
    .poll(() => told(board, 'left'), patience)
    .toContain('60 refreshes, where all could have shared')
})

it('the buttons of the panel are counted, and change no verdict', async () => {
  const board = await openBoard(screen, 'requests=5&api=20&refresh=100')
  await board.idle(1)
  await expect.poll(() => told(board, 'right'), patience).toContain('5 of 5')
  const verdict = await told(board, 'right')
  await board.page.locator('unexpired-devtools [part~=pill]').click()
  await panelButton(board, 'Refresh now').click()
  await board.shows('right', { refreshes: 2 })
  await panelButton(board, 'Sign out').click()
  await expect.poll(() => board.isSignedIn('right'), patience).toBe(false)
  await board.shows('right', { 'signed-out': 0 })
  expect(await told(board, 'right')).toBe(verdict)
  await board.press('fault-refuse')
  await expect.poll(() => board.pressed('#faults'), patience).toEqual(['fault-refuse'])
  expect(await told(board, 'right')).toBe(verdict)
})

it('the open panel leaves the button that sends to be pressed', async () => {
  const size = { width: 1280, height: 720 }
  const board = await openBoard(screen, 'still&requests=5&api=20&refresh=100', { size })
  await board.page.locator('unexpired-devtools [part~=pill]').click()
  await board.send()
  await expect.poll(() => told(board, 'right'), patience).toContain('5 of 5')
})

it('two pages that share nothing take turns, and each counts its own', async () => {
  const playground = await openPlayground()
  const page = await screen.open(`${playground.url}?still&requests=5&api=20&refresh=300`)
  const one = await boardOf(playground, page)
  const beside = await page.context().newPage()
  await beside.goto(page.url())
  const two = await boardOf(playground, beside)
  await Promise.all([one.send(), two.send()])
  for (const board of [one, two]) {
    await expect
      .poll(() => told(board, 'left'), patience)
      .toMatch(/^5 refreshes · [0-4] of 5 answered/)
    await expect.poll(() => told(board, 'right'), patience).toMatch(/^1 refresh · 5 of 5 answered/)
  }
})

it('what goes wrong in the middle of a run belongs to it, and the run goes on to its verdict', async () => {
  const board = await openBoard(screen, 'still&requests=5&api=20&refresh=3000')
  await board.press('send')
  await expect.poll(() => board.playground.left.counts.refreshes, patience).toBe(5)
  await board.press('fault-offline')
  await board.idle(1)
  await expect
    .poll(() => told(board, 'left'), patience)
    .toContain('A refresh that only failed counted as a refusal')
  await expect.poll(() => told(board, 'right'), patience).toContain('cannot be had just now')
  expect(await board.isSignedIn('right')).toBe(true)
})
