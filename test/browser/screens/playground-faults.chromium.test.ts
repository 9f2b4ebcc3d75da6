import { describe, expect, it } from 'vitest'

import { useScreen } from '../harness/screen.js'
import { openBoard, quick } from './board.js'

const screen = useScreen()

const sent = 8
const all = { sent, answered: sent, failed: 0, waiting: 0, 'signed-out': 0 }
const none = { sent, answered: 0, failed: sent, waiting: 0, 'signed-out': 0 }

/** What is chosen with a button, and what becomes of the user of the right side. */
const faults: readonly (readonly [fault: string, right: Readonly<Record<string, number>>])[] = [
  // The session ends, once.
  ['refuse', { ...none, refreshes: 1, 'signed-out': 1 }],
  // Tried again after the deadline.
  ['hang', { ...all, refreshes: 2 }],
  ['drop', { ...all, refreshes: 2 }],
  // Waited out.
  ['blip', { ...all, refreshes: 1 }],
  // Nobody gets through, and nobody is signed out.
  ['offline', { ...none, refreshes: 0 }],
  // Held against the lifetime once.
  ['clock', { ...all, refreshes: 1 }],
  // The server asks to come back later.
  ['busy', { ...none, refreshes: 1 }],
]

describe('the fault buttons of the playground', () => {
  it('do what they say, one at a time, until they are pressed again', async () => {
    const board = await openBoard(screen, `${quick}&rotation=grace`)
    for (const [fault, right] of faults) {
      await board.signIn()
      await board.press(`fault-${fault}`)
      await expect
        .poll(() => board.pressed('#faults'), { timeout: 20_000 })
        .toEqual([`fault-${fault}`])
      // Where nobody gets through, and to a clock that jumps, it does not matter whether it expired.
      if (fault === 'clock' || fault === 'offline') await board.send()
      else await board.expireAndSend()
      await board.shows('right', right)
      await board.shows('left', { sent })
      expect(await board.isSignedIn('right'), fault).toBe(right['signed-out'] === 0)
    }
    await board.press('fault-busy')
    await expect.poll(() => board.pressed('#faults'), { timeout: 20_000 }).toEqual([])
    await board.signIn()
    await board.expireAndSend()
    await board.shows('right', { ...all, refreshes: 1, 'turned-away': sent })
  })
})
