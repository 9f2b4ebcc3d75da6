import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'

/** A program and all that it starts. */
export interface ProcessGroup {
  readonly child: ChildProcess
  /** What the program says on one of its outputs, up to what is looked for: that part. */
  said(output: number, what: RegExp): Promise<string>
  /** Ends it all. */
  end(): Promise<void>
}

/** How long a program may take to get ready, in milliseconds. */
const patienceMs = 30_000

/** Starts a program that ends with this process at the latest. */
export function startGroup(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): ProcessGroup {
  // The leader of a group: what it starts can be ended with it.
  const child = spawn(program, args, { ...options, detached: true })
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${program} has ended`)))
  })
  failed.catch(() => undefined)
  const kill = (): void => killGroup(child)
  process.once('exit', kill)

  return {
    child,
    async said(output, what) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        const why = new Error(`${program} is not ready after ${patienceMs} ms`)
        timer = setTimeout(() => reject(why), patienceMs)
      })
      const heard = listen(child.stdio[output] as Readable, what)
      return Promise.race([heard, failed, late]).finally(() => clearTimeout(timer))
    },
    async end() {
      process.off('exit', kill)
      const isOver = child.exitCode !== null || child.signalCode !== null || !child.pid
      const over = isOver ? undefined : once(child, 'exit')
      kill()
      await over
    },
  }
}

/** Goes on reading afterwards: a pipe that is full would stop the program. */
function listen(from: Readable, what: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    let isFound = false
    from.on('data', (part: Buffer) => {
      if (isFound) return
      text += part.toString()
      const found = what.exec(text)?.[0]
      if (found === undefined) return
      isFound = true
      resolve(found)
    })
  })
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // All of it has ended by itself.
  }
}
