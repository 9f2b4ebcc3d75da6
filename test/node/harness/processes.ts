import { fork } from 'node:child_process'
import type { ChildProcess, ForkOptions } from 'node:child_process'

import { onTestFinished } from 'vitest'

import { workerScript } from './build-workers.js'
import type { Locks, Order, Orders, Report, Step, WorkerSettings } from './orders.js'

export interface StartOptions extends WorkerSettings {
  /** @defaultValue 'kernel' */
  readonly locks?: Locks
  readonly cwd?: string
  /** Of Node itself. */
  readonly execArgv?: readonly string[]
  /** A command that starts Node in its turn, such as `['prlimit', '--fsize=100']`. */
  readonly under?: readonly [string, ...string[]]
  /** Who the process is; root alone may say. */
  readonly uid?: number
  readonly gid?: number
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A refresh that is, or will be, held at a step. */
export interface Held {
  /** Resolves with the user when it is there. */
  readonly reached: Promise<string>
  goOn(): Promise<void>
}

/** A child process with sessions. */
export interface Worker {
  readonly pid: number
  /** How it ended, once it has. */
  readonly exited: Promise<Exit>
  /** What the canary in it has told so far; what nobody has asked for fails the test. */
  readonly takeLeaks: () => string[]
  /** What it wrote to stderr so far. */
  readonly complaints: () => string
  call<Name extends keyof Orders>(
    name: Name,
    ...args: Parameters<Orders[Name]>
  ): ReturnType<Orders[Name]>
  /** The next refresh, of this user where one is named, will wait at this step. */
  holdAt(step: Step, user?: string): Promise<Held>
  /** Calls `began` whenever one of its sessions has got the turn. */
  onTurn(began: (user: string) => void): Promise<void>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<Exit>
  /** SIGSTOP and SIGCONT. */
  stop(): void
  wake(): void
}

/** Starts several at once, all alike. */
export const startWorkers = (count: number, options: StartOptions): Promise<Worker[]> =>
  Promise.all(Array.from({ length: count }, () => startWorker(options)))

/** Starts one; it ends with its test at the latest. */
export async function startWorker(options: StartOptions): Promise<Worker> {
  const { locks = 'kernel', url, place, session } = options
  const settings: WorkerSettings = { url, place, ...(session ? { session } : {}) }
  const child = fork(workerScript(locks), [JSON.stringify(settings)], forkOptions(options))
  const worker = attend(child)
  onTestFinished(async () => {
    await worker.kill()
    const leaks = worker.takeLeaks()
    if (leaks.length > 0) throw new Error(`in a process ${leaks.join('\n')}`)
  })
  await worker.started
  return worker
}

function forkOptions({ under, cwd, execArgv, uid, gid }: StartOptions): ForkOptions {
  const { PATH = '', __STRYKER_ACTIVE_MUTANT__: mutant } = process.env
  return {
    // Nothing of vitest's own; but `npm run mutants` says here which mutant it is about.
    env: { PATH, ...(mutant === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: mutant }) },
    execArgv: [
      ...(under?.slice(1) ?? []),
      ...(under ? [process.execPath] : []),
      ...(execArgv ?? []),
    ],
    ...(under ? { execPath: under[0] } : {}),
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  }
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Whoever is left when vitest ends a run early. A stopped one would not even end with its parent. */
const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

function attend(child: ChildProcess): Worker & { readonly started: Promise<void> } {
  const waiting = new Map<number, Waiting>()
  const held = new Map<Step, (user: string) => void>()
  const turns = new Set<(user: string) => void>()
  const leaks: string[] = []
  let lastId = 0
  let stderr = ''
  let start: Waiting = { resolve: () => undefined, reject: () => undefined }
  const started = new Promise<void>((resolve, reject) => {
    start = { resolve: () => resolve(), reject }
  })

  alive.add(child)
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exited = new Promise<Exit>((resolve) => {
    const gone = (exit: Exit): void => {
      alive.delete(child)
      const error = new Error(`the worker has ended (${exit.signal ?? exit.code})\n${stderr}`)
      for (const { reject } of [start, ...waiting.values()]) reject(error)
      waiting.clear()
      resolve(exit)
    }
    child.on('close', (code, signal) => gone({ code, signal }))
    child.on('error', () => gone({ code: null, signal: null }))
  })
  child.on('message', (report: Report) => {
    if (report.is === 'started') start.resolve(undefined)
    else if (report.is === 'held') held.get(report.step)?.(report.user)
    else if (report.is === 'leak') leaks.push(report.message)
    else if (report.is === 'turn') for (const began of turns) began(report.user)
    else {
      const call = waiting.get(report.id)
      waiting.delete(report.id)
      if (report.is === 'done') call?.resolve(report.value)
      else call?.reject(new Error(report.message))
    }
  })

  function order(name: keyof Orders, args: readonly unknown[]): Promise<unknown> {
    const id = (lastId += 1)
    const answered = new Promise<unknown>((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      const sent: Order = { id, name, args }
      child.send(sent, (error) => error && reject(error))
    })
    // A worker that is killed answers nobody, and who asked may not care any more.
    answered.catch(() => undefined)
    return answered
  }
  const call = ((name: keyof Orders, ...args: unknown[]) => order(name, args)) as Worker['call']

  return {
    pid: child.pid ?? 0,
    started,
    exited,
    takeLeaks: () => leaks.splice(0),
    complaints: () => stderr,
    call,
    async holdAt(step, user) {
      const reached = new Promise<string>((resolve) => held.set(step, resolve))
      await call('holdAt', step, user)
      return { reached, goOn: () => call('goOn') }
    },
    async onTurn(began) {
      turns.add(began)
      await call('tellTurns')
    },
    kill() {
      child.kill('SIGKILL')
      return exited
    },
    stop: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
  }
}
