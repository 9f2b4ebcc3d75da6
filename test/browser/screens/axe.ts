import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import type { Page } from 'playwright-core'

import { inBoth } from '../harness/screen.js'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  readonly id: string
  readonly impact: string | null
  readonly help: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

const shown = ({ id, impact, help, nodes }: Violation): string =>
  [
    `${impact}: ${id}: ${help}`,
    ...nodes.map(({ html, failureSummary }) => `  ${html}\n    ${failureSummary}`),
  ].join('\n')

/** What axe-core finds on a page in light and in dark, in its shadow roots too, that keeps people from using it. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(source)
  const found: string[] = []
  await inBoth(page, async (scheme) => {
    const violations = await page.evaluate<Violation[]>(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
    )
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    found.push(...serious.map((each) => `in ${scheme}: ${shown(each)}`))
  })
  return found
}
