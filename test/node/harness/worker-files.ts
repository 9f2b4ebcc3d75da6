import files from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

import type { Step, Steps } from './steps.js'

/** Commits of the file store can be held between the calls that they are made of. */
export function stepFiles({ atFile }: Pick<Steps, 'atFile'>): void {
  const { open, rename } = files

  /** Calls a method of a file, and then comes by. */
  function after(handle: FileHandle, method: 'writeFile' | 'sync', step: Step): void {
    const call = handle[method].bind(handle) as (...args: unknown[]) => Promise<void>
    handle[method] = async (...args: unknown[]) => {
      await call(...args)
      await atFile(step)
    }
  }

  files.open = async (path, ...more) => {
    const handle = await open(path, ...more)
    if (!String(path).endsWith('.tmp')) return handle
    after(handle, 'writeFile', 'file:written')
    after(handle, 'sync', 'file:synced')
    await atFile('file:opened')
    return handle
  }
  files.rename = async (from, to) => {
    await rename(from, to)
    await atFile('file:renamed')
  }
  syncBuiltinESMExports()
}
