import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { askChild } from './calls.js'

/** A program of this folder in a process of its own. */
export interface Child {
  ask<Value>(name: string, argument?: unknown): Promise<Value>
  end(): Promise<void>
}

export function startChild(file: string): Child {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = fork(path, { execArgv: ['--expose-gc', '--no-warnings', '--import', 'tsx'] })
  const ended = once(child, 'exit')
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ask = askChild(child)
  return {
    ask,
    async end() {
      await ask('end').catch(() => undefined)
      await ended
      process.off('exit', kill)
    },
  }
}
