import { expect, test } from 'vitest'

import { beginCounting, count } from '../../playground/shared/counting.js'
import type { Counting } from '../../playground/shared/counting.js'
import { json, openPlayground, userAt } from './playing.js'
import type { Playing } from './playing.js'

const page = (): Counting => ({
  counted: undefined,
  round: undefined,
  isMixed: false,
  from: 1,
  isOver: false,
})

/** Two pages at the same servers; the first has begun a run. */
async function openTwo(): Promise<{ playground: Playing; mine: Counting }> {
  const playground = await openPlayground()
  const mine = page()
  beginCounting(mine, await playground.control('run', { fault: 'none' }))
  return { playground, mine }
}

test('what another page plays is not taken for this one, and is noticed while this one plays', async () => {
  const { playground, mine } = await openTwo()
  await userAt(playground, 'left').signIn()
  count(mine, await playground.state())
  expect(mine).toMatchObject({ isMixed: false, counted: { left: { counts: { signIns: 1 } } } })
  count(mine, await playground.control('run', { fault: 'none' }))
  expect(mine).toMatchObject({ isMixed: true, counted: { left: { counts: { signIns: 1 } } } })
})

test('what another page plays afterwards, or restarts, changes nothing', async () => {
  const { playground, mine } = await openTwo()
  const { counted } = mine
  const over = { ...mine, isOver: true }
  const { settings } = await playground.state()
  count(over, await playground.control('settings', { ...settings, lifetime: 9 }))
  count(over, await playground.control('run', { fault: 'none' }))
  expect(over).toMatchObject({ isMixed: false, counted })
})

test('the servers say what they still work on, and leave out what is never to be answered', async () => {
  const { playground } = await openTwo()
  const { settings } = await playground.state()
  await playground.control('settings', { ...settings, refresh: 300 })
  const user = userAt(playground, 'left')
  await user.signIn()
  const underWay = async (): Promise<number> => (await playground.state()).left.underWay
  const slow = user.refresh()
  await expect.poll(underWay).toBe(1)
  await slow
  await expect.poll(underWay).toBe(0)
  await playground.control('run', { fault: 'hang' })
  const body = json({ refreshToken: user.tokens.refreshToken })
  const hangs = playground.ask('/left/auth/refresh', body).catch(() => undefined)
  await expect.poll(underWay).toBe(1)
  await expect.poll(underWay, { timeout: 5_000 }).toBe(0)
  await playground.control('fault', { fault: 'none' })
  await hangs
})
