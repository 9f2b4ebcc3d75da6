import { inject, onTestFinished } from 'vitest'

import { startPlayground } from '../../../playground/start-playground.js'
import type { Playground } from '../../../playground/start-playground.js'

/** The playground on a port of its own: an origin with nothing stored. Ends with its test. */
export async function openPlayground(): Promise<Playground> {
  const playground = await startPlayground({ port: 0, files: inject('playground') })
  onTestFinished(() => playground.close())
  return playground
}
