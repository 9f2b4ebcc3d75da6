import { beforeAll, describe, expect, test } from 'vitest'
import { useEngine } from '../harness/engine.js'
import type { EngineName } from '../harness/engine.js'
import { bundleContract } from './bundle.js'
import type { Bundle } from './bundle.js'
import { describePageClients } from './clients.js'
import { describePageStores } from './stores.js'
import { replaceTest } from './replace-test.js'
import type { Test } from './replace-test.js'
import { runInPage } from './run-in-page.js'
import type { PageRun, Path } from './run-in-page.js'
import { errorFrom } from './stacks.js'

type Suite = NonNullable<Test['suite']>

interface Standing {
  readonly test: Test
  readonly path: Path
}

/** All tests below a suite, each with the names that lead to it. */
function testsBelow(suite: Suite, path: Path = []): Standing[] {
  return suite.tasks.flatMap((task) => {
    const here = [...path, task.name]
    return task.type === 'suite' ? testsBelow(task, here) : [{ test: task, path: here }]
  })
}

/**
 * The contract of the clients, in a page of an engine. Its tests are registered here as they are for
 * any client, and run there, all in one go, when the first of them is due; here they only tell what
 * became of them.
 */
export function contractIn(name: EngineName): void {
  describe(`in ${name}`, () => {
    const engine = useEngine(name)
    let standing: Standing[] = []
    let bundle: Bundle
    let told = 0
    let running: Promise<PageRun> | undefined
    const wanted = (): Path[] =>
      standing.filter(({ test: { mode } }) => mode !== 'skip').map(({ path }) => path)
    const run = (): Promise<PageRun> => (running ??= runInPage(engine(), bundle, wanted()))

    // oxlint-disable-next-line no-empty-pattern -- Vitest reads the parameters, and takes nothing else first
    beforeAll(async ({}, suite) => {
      bundle = await bundleContract()
      const { tasks } = suite
      const contracts = tasks.filter((task) => task.type === 'suite')
      standing = contracts.flatMap((contract) => testsBelow(contract, [contract.name]))
      for (const { test: registered, path } of standing) {
        await replaceTest(registered, async () => {
          told += 1
          tell(path, (await run()).resultOf(path), bundle)
        })
      }
    })

    describePageClients()
    describePageStores()

    test('the page ran every test of the contract once, and nothing went wrong beside them', async () => {
      const { known, results, troubles } = await run()
      expect(troubles.map((trouble) => errorFrom(trouble, bundle))).toEqual([])
      expect(known).toEqual(standing.map(({ path }) => path))
      expect(results).toHaveLength(wanted().length)
      expect(results.length).toBeGreaterThan(0)
      // None of them ran here in place of there.
      expect(told).toBe(results.length)
    })
  })
}

function tell(path: Path, result: Awaited<PageRun['results'][number]> | undefined, bundle: Bundle) {
  if (!result) throw new Error(`the page did not run: ${path.join(' › ')}`)
  const errors = result.errors.map((error) => errorFrom(error, bundle))
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('\n'))
}
