import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'

import { openPlayground } from '../harness/playground.js'
import { useScreen } from '../harness/screen.js'
import { seriousFindings } from './axe.js'

const screen = useScreen()

/** Long enough for a busy machine (milliseconds). */
const patience = { timeout: 15_000, interval: 20 }

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

async function signIn(page: Page, user: string): Promise<void> {
  await page.locator('[name=username]').fill(user)
  await button(page, 'Sign in').click()
  await page.getByText(`Signed in as ${user}`).waitFor()
}

const textsOf = (page: Page, selector: string): Promise<readonly string[]> =>
  page.locator(selector).allInnerTexts()

describe('the React page of the playground', () => {
  it('signs in, renews the token once for all questions, is signed in in another tab, and signs out in both; axe finds nothing serious', async () => {
    const playground = await openPlayground()
    const page = await screen.open(`${playground.url}react/`)
    await page.locator('form').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await signIn(page, 'ada')
    await expect.poll(() => textsOf(page, '.card .value'), patience).not.toContain('…')

    const { counts } = playground.app
    await button(page, 'Expire the token').click()
    await button(page, 'Ask everything now').click()
    await expect.poll(() => textsOf(page, '[data-generation]'), patience).toEqual(['2'])
    await expect
      .poll(() => textsOf(page, '.card .fresh'), patience)
      .toEqual(['with token 2', 'with token 2', 'with token 2', 'with token 2'])
    expect(counts).toMatchObject({ refreshes: 1, turnedAway: 0 })
    expect(await textsOf(page, '[data-failed]')).toEqual(['0'])
    expect(await seriousFindings(page)).toEqual([])

    const other = await page.context().newPage()
    await other.goto(page.url())
    await other.getByText('Signed in as ada').waitFor()
    await button(page, 'Sign out').click()
    for (const each of [page, other]) await each.getByText('You have signed out.').waitFor()
    expect(counts).toMatchObject({ signIns: 1, familiesRevoked: 0 })
  })

  it('says once that the session has ended when the server refuses to renew it, and takes the next user', async () => {
    const playground = await openPlayground()
    const page = await screen.open(`${playground.url}react/`)
    await signIn(page, 'ada')
    await button(page, 'Revoke the session').click()
    await page.getByRole('alert').waitFor()
    expect(await textsOf(page, '[role=alert]')).toEqual([
      expect.stringMatching(/the server would not renew it/),
    ])
    expect(await seriousFindings(page)).toEqual([])
    await signIn(page, 'grace')
    await expect.poll(() => textsOf(page, '.card .value'), patience).not.toContain('…')
    expect(playground.app.counts).toMatchObject({ signIns: 2, familiesRevoked: 1 })
  })
})
