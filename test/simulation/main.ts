/**
 * `npm run simulate -- --runs 1000000` plays that many runs, on all cores; `-- --seed 17` plays one again,
 * makes it as small as it goes, and shows what happened in it. `-- --exhaust` visits every order of a
 * small world, as large as `--contexts 3 --requests 2 --faults 1 --turns kept --rotation strict` says.
 */
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { drawnBy } from './choices.js'
import { playSeeds, type Tally } from './play-seeds.js'
import { showExhausted } from './show-exhausted.js'
import { shrink, brokenBy } from './shrink.js'
import { simulate } from './simulate.js'
import { Violation } from './trace.js'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    runs: { type: 'string', default: '10000' },
    processes: { type: 'string', default: String(availableParallelism()) },
    share: { type: 'string' },
    exhaust: { type: 'boolean' },
    contexts: { type: 'string' },
    requests: { type: 'string' },
    faults: { type: 'string' },
    turns: { type: 'string' },
    rotation: { type: 'string' },
  },
})

/** How many runs a process plays between two lines of news. */
const newsEach = 5_000

async function showOne(seed: number): Promise<void> {
  const choices = drawnBy(seed)
  try {
    const { steps } = await simulate(choices)
    console.log(`seed ${seed}: ${steps} steps, and every promise was kept`)
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    const answers = await shrink(choices.log, error.rule)
    const small = await brokenBy(answers, true)
    console.log(small?.message ?? error.message)
    console.log(`seed ${seed}, made smaller: ${answers.length} of ${choices.log.length} choices`)
    process.exitCode = 1
  }
}

function show({ runs, steps, refreshes, faults, broken }: Tally): string {
  return `${runs} runs, ${steps} steps, ${refreshes} refreshes, ${faults} faults, ${broken.length} broken`
}

/** Plays a share of them in a process of its own. */
function playShare(from: number, runs: number, tell: (tally: Tally) => void): Promise<void> {
  const share = ['--share', 'yes', '--from', String(from), '--runs', String(runs)]
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), share)
    child.on('message', (tally) => tell(tally as Tally))
    child.on('error', reject)
    child.on('exit', (code) => (code ? reject(new Error(`it ended with ${code}`)) : resolve()))
  })
}

async function playMany(from: number, runs: number, processes: number): Promise<void> {
  const tallies = new Map<number, Tally>()
  const each = Math.ceil(runs / processes)
  const begunAt = Date.now()
  const sum = (): Tally => {
    const all = [...tallies.values()]
    const add = (of: 'runs' | 'steps' | 'refreshes' | 'faults'): number =>
      all.reduce((total, tally) => total + tally[of], 0)
    return {
      runs: add('runs'),
      steps: add('steps'),
      refreshes: add('refreshes'),
      faults: add('faults'),
      broken: all.flatMap(({ broken }) => broken),
    }
  }
  const shares = Array.from({ length: processes }, (_, index) =>
    playShare(from + index * each, Math.min(each, runs - index * each), (tally) => {
      tallies.set(index, tally)
      console.log(`${Math.round((Date.now() - begunAt) / 1000)} s: ${show(sum())}`)
    }),
  )
  await Promise.all(shares)
  const { broken } = sum()
  for (const { rule, seed } of broken) console.log(`seed ${seed}: ${rule}`)
  if (broken.length > 0) process.exitCode = 1
  console.log(show(sum()))
}

const from = Number(values.from)
const runs = Number(values.runs)
if (values.exhaust) {
  // Nobody reads them, and they are dear.
  Error.stackTraceLimit = 0
  await showExhausted(values)
} else if (values.seed !== undefined) await showOne(Number(values.seed))
else if (values.share === undefined) await playMany(from, runs, Number(values.processes))
else {
  // Nobody reads them, and they are dear.
  Error.stackTraceLimit = 0
  await playSeeds(from, runs, (tally) => {
    const isLast = tally.runs === runs
    if (isLast || tally.runs % newsEach === 0) process.send?.(tally)
  })
}
