// First: it watches what the others use.
import { leaks } from './canary.js'
import { vi } from 'vitest'
import { startTests } from 'vitest/internal/browser'
import type { VitestRunner } from 'vitest/suite'
import { describePageClients } from '../clients.js'
import { describePageStores } from '../stores.js'
import { encode } from '../commands.js'
import type { News, PageError } from '../commands.js'
import { watchForTroubles } from './troubles.js'

type Config = VitestRunner['config']
type File = Awaited<ReturnType<typeof startTests>>[number]
type Suite = File['tasks'][number] & { type: 'suite' }
type Test = File['tasks'][number] & { type: 'test' }

/** As for all tests in browsers: vitest.config.ts. */
const testTimeout = 60_000

const config = {
  root: '/',
  name: undefined,
  setupFiles: [],
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: { truncateThreshold: 0 },
  maxConcurrency: 1,
  testTimeout,
  hookTimeout: testTimeout,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
} satisfies Config

/** One of several frames that share the tests: theirs is the waiting, and it is done at one time. */
interface Lane {
  readonly number: number
  readonly of: number
}

function laneOf(search: string): Lane {
  const given = new URLSearchParams(search)
  return { number: Number(given.get('lane')), of: Number(given.get('lanes')) }
}

async function tell(news: News): Promise<void> {
  await fetch('/news', { method: 'POST', body: encode(news) })
}

const errorOf = (error: unknown): PageError => {
  const { name = 'Error', message = String(error), stack = '', diff } = error as Partial<PageError>
  return { name, message, stack, diff }
}

function pathOf(test: Test): string[] {
  const path = [test.name]
  for (let suite = test.suite; suite; suite = suite.suite) path.unshift(suite.name)
  return path
}

function testsOf(suite: File | Suite): Test[] {
  return suite.tasks.flatMap((task) => (task.type === 'suite' ? testsOf(task) : [task]))
}

/** Runs those of the tests that are wanted, and that fall to this lane. */
class PageRunner implements VitestRunner {
  readonly config: Config = config
  constructor(
    private readonly lane: Lane,
    private readonly wanted: ReadonlySet<string>,
  ) {}

  importFile(): void {
    describePageClients()
    describePageStores()
  }

  async onCollected(files: File[]): Promise<void> {
    const tests = files.flatMap(testsOf)
    if (this.lane.number === 0) await tell({ kind: 'known', paths: tests.map(pathOf) })
    const wanted = tests.filter((test) => this.wanted.has(encode(pathOf(test))))
    const mine = new Set(wanted.filter((_test, index) => index % this.lane.of === this.lane.number))
    for (const test of tests) test.mode = mine.has(test) ? 'run' : 'skip'
  }

  onBeforeTryTask(): void {
    vi.restoreAllMocks()
  }

  async onAfterRunTask(test: Test): Promise<void> {
    const { state, errors = [] } = test.result ?? {}
    const all = [...errors, ...leaks()]
    const passed = state === 'pass' && all.length === 0
    const told = all.length > 0 ? all.map(errorOf) : [errorOf(new Error(`it is: ${state}`))]
    await tell({
      kind: 'result',
      result: { path: pathOf(test), errors: passed ? [] : told },
    })
  }
}

// All that `vi` asks of the process that it takes itself to be in.
Reflect.set(globalThis, '__vitest_worker__', { config: { fakeTimers: {} } })

const troubles = watchForTroubles()

const wanted = (await (await fetch('/wanted')).json()) as readonly (readonly string[])[]
const runner = new PageRunner(laneOf(location.search), new Set(wanted.map(encode)))
for (const file of await startTests(['contract'], runner)) {
  for (const error of file.result?.errors ?? []) troubles.add(error)
}
for (const error of await troubles.found()) await tell({ kind: 'trouble', error: errorOf(error) })
await tell({ kind: 'finished' })
