import type { Engine } from '../harness/engine.js'
import type { Bundle } from './bundle.js'
import type { PageError, PageResult } from './commands.js'
import { encode } from './commands.js'
import { lanes, openHost } from './host.js'

/** Where a test stands: the names of its suites, and its own. */
export type Path = readonly string[]

export interface PageRun {
  /** All tests that the page knows. */
  readonly known: readonly Path[]
  readonly results: readonly PageResult[]
  /** Errors outside of any test. */
  readonly troubles: readonly PageError[]
  resultOf(path: Path): PageResult | undefined
}

/** A page that says nothing for so long has died: each of its tests has a shorter time. */
const longestSilenceMs = 75_000

/** Runs those tests of the contract that are wanted in a page, and waits for all of them. */
export async function runInPage(
  engine: Engine,
  { script }: Bundle,
  wanted: readonly Path[],
): Promise<PageRun> {
  let known: readonly Path[] = []
  const results = new Map<string, PageResult>()
  const troubles: PageError[] = []
  let running = lanes
  let watch: NodeJS.Timeout | undefined
  let finish = (): void => undefined
  const finished = new Promise<void>((resolve) => (finish = resolve))
  const died = (): void => {
    const message = `the page has said nothing for ${longestSilenceMs / 1000} s`
    troubles.push({ name: 'Error', message, stack: '' })
    finish()
  }

  const host = await openHost({
    script,
    wanted,
    hear(news) {
      watch?.refresh()
      switch (news.kind) {
        case 'known':
          known = news.paths
          break
        case 'result':
          results.set(encode(news.result.path), news.result)
          break
        case 'trouble':
          troubles.push(news.error)
          break
        case 'finished':
          if ((running -= 1) === 0) finish()
      }
    },
  })
  watch = setTimeout(died, longestSilenceMs)
  try {
    await engine.open(host.url)
    await finished
  } finally {
    clearTimeout(watch)
    await host.close()
  }
  return {
    known,
    results: [...results.values()],
    troubles,
    resultOf: (path) => results.get(encode(path)),
  }
}
