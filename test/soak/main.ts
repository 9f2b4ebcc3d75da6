/** `npm run soak -- --minutes 30 [--node] [--chromium] [--seed N]`: traffic and faults for so long. */
import { parseArgs } from 'node:util'

import { brokenKinds } from './broken.js'
import { nodeRunner } from './runner-node.js'
import type { RunnerKind } from './runner.js'
import { soak } from './soak.js'
import type { SoakOptions } from './soak.js'
import { headLine, rowOf, summaryOf } from './table.js'
import { judgeSoak } from './verdict.js'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    node: { type: 'boolean', default: false },
    chromium: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'in-flight': { type: 'string', default: '32' },
    'settle-seconds': { type: 'string', default: '45' },
    'no-files': { type: 'boolean', default: false },
    broken: { type: 'string' },
  },
})

const options: SoakOptions = {
  minutes: Number(values.minutes),
  seed: Number(values.seed),
  inFlight: Number(values['in-flight']),
  settleMs: Number(values['settle-seconds']) * 1000,
  hasFiles: !values['no-files'],
  broken: brokenKinds.find((kind) => kind === values.broken),
}

const isBoth = values.node === values.chromium

async function kinds(): Promise<RunnerKind[]> {
  const found: RunnerKind[] = []
  if (values.node || isBoth) found.push(nodeRunner)
  // Its tools are needed only here.
  if (values.chromium || isBoth) {
    const { chromiumRunner } = await import('./runner-chromium.js')
    found.push(await chromiumRunner())
  }
  return found
}

/** Rows are a minute apart, or closer where the soak is short. */
const isDue = (minute: number, before: number): boolean =>
  options.minutes < 2 || Math.floor(minute + 0.01) > Math.floor(before + 0.01)

async function run(kind: RunnerKind): Promise<boolean> {
  let before = 0
  const standing = await soak(kind, options, (now) => {
    if (isDue(now.minutes, before)) console.log(rowOf(now))
    before = now.minutes
  })
  const wrong = judgeSoak(standing, options.inFlight)
  console.log(summaryOf(standing))
  for (const what of wrong) console.log(`WRONG ${what}`)
  console.log(`${kind.name}: ${wrong.length ? `${wrong.length} things are wrong` : 'all is well'}`)
  return wrong.length === 0
}

console.log(
  `seed ${options.seed}, ${options.minutes} minutes, ${options.inFlight} under way at once`,
)
console.log(headLine())
const results = await Promise.all((await kinds()).map(run))
process.exitCode = results.every(Boolean) ? 0 : 1
