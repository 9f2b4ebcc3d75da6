import type { TestProject } from 'vitest/node'

import { buildPage } from '../../../playground/build-page.js'
import type { PageFiles } from '../../../playground/build-page.js'
import { findBrowsers } from '../../../scripts/browsers.js'
import type { Launches, Missing } from '../../../scripts/browsers.js'
import { buildPages } from './pages.js'
import type { Pages } from './pages.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** How each engine is launched; those that are missing are absent. */
    browsers: Launches
    /** What to install for those. */
    missingBrowsers: Missing
    pages: Pages
    /** The pages of the playground. */
    playground: PageFiles
  }
}

/** Finds or installs the engines, and bundles all pages, once for all tests in them. */
export async function setup(project: TestProject): Promise<void> {
  // scripts/check-guarantees.ts only asks which tests there are.
  const isListed = process.env['UNEXPIRED_LIST_ONLY'] !== undefined
  const { launches, missing } = isListed ? { launches: {}, missing: {} } : await findBrowsers()
  for (const line of Object.values(missing)) console.warn(line)
  project.provide('browsers', launches)
  project.provide('missingBrowsers', missing)
  const [pages, playground] = isListed
    ? [{}, new Map()]
    : await Promise.all([buildPages(), buildPage()])
  project.provide('pages', pages)
  project.provide('playground', playground)
}
