import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { print } from './draw/ink.js'
import type { Row } from './draw/ink.js'
import { drawIntro } from './draw/intro.js'
import { drawScene } from './draw/scene.js'
import { drawSummary } from './draw/summary.js'
import { complaints } from './judge.js'
import { lifetime, signIn } from './play.js'
import type { Played } from './results.js'
import { scenes } from './scenes.js'
import { readTerminal } from './terminal.js'

const { values } = parseArgs({
  options: {
    /** Has the servers refuse our refresh, to see that this is noticed. */
    'refuse-refresh': { type: 'boolean', default: false },
  },
})
const healthy = { refuseRefresh: false }
const faults = { refuseRefresh: values['refuse-refresh'] }

const { width, lively } = readTerminal(process.stdout, process.env)
const margin = 1
const room = width - 2 * margin

// Whoever reads only the beginning (`| head`) has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

function show(rows: readonly Row[]): void {
  for (const line of print(rows, lively)) {
    process.stdout.write(`${line && ' '.repeat(margin) + line}\n`)
  }
}

/** Waits for the tokens to die, on a line that goes away again. */
async function letExpire(): Promise<void> {
  const columns = 24
  for (let cell = 0; cell <= columns; cell += 1) {
    if (lively) {
      const bar = '█'.repeat(columns - cell) + '░'.repeat(cell)
      process.stdout.write(`\r letting the access tokens expire  ${bar}`.slice(0, width))
    }
    await sleep((lifetime * 1000) / columns)
  }
  if (lively) process.stdout.write('\r\x1b[2K')
}

show([[], ...drawIntro(room), []])

const casts = await Promise.all(
  scenes.map(async (scene) => ({
    scene,
    unexpired: await signIn(scene, 'unexpired', faults),
    plain: await signIn(scene, 'plain', healthy),
  })),
)
try {
  await letExpire()
  const played: Played[] = []
  for (const { scene, unexpired, plain } of casts) {
    const one = { scene, ours: await unexpired.play(), plain: await plain.play() }
    played.push(one)
    show(drawScene(one, played.length, room))
  }
  const wrong = complaints(played)
  show([...drawSummary(played, wrong, room), []])
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  await Promise.all(casts.flatMap(({ unexpired, plain }) => [unexpired.close(), plain.close()]))
}
