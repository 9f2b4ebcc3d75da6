import type { ChildProcess } from 'node:child_process'

/** What one process can ask another for: each takes and gives what can be sent as JSON. */
export type Calls = Record<string, (argument: never) => unknown>

interface Question {
  readonly id: number
  readonly name: string
  readonly argument: unknown
}

interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** Answers the parent's questions, and ends with it. */
export function answerParent(calls: Calls): void {
  process.once('disconnect', () => process.exit(1))
  process.on('message', (message) => {
    const { id, name, argument } = message as Question
    const call = calls[name] as ((argument: unknown) => unknown) | undefined
    const answer = async (): Promise<unknown> => {
      if (!call) throw new Error(`${name} is unknown`)
      return call(argument)
    }
    answer().then(
      (value) => process.send?.({ id, value } satisfies Reply),
      (error: unknown) => process.send?.({ id, error: String(error) } satisfies Reply),
    )
  })
}

/** Asks a child process. What is asked of one that has ended rejects. */
export function askChild(
  child: ChildProcess,
): <Value>(name: string, argument?: unknown) => Promise<Value> {
  type Asked = { resolve(value: never): void; reject(error: Error): void }
  const asked = new Map<number, Asked>()
  let last = 0
  child.on('message', (message) => {
    const { id, value, error } = message as Reply
    const question = asked.get(id)
    asked.delete(id)
    if (error === undefined) question?.resolve(value as never)
    else question?.reject(new Error(error))
  })
  child.once('exit', (code, signal) => {
    for (const { reject } of asked.values()) reject(new Error(`it has ended: ${signal ?? code}`))
    asked.clear()
  })
  return <Value>(name: string, argument?: unknown) =>
    new Promise<Value>((resolve, reject) => {
      const id = (last += 1)
      asked.set(id, { resolve, reject })
      child.send({ id, name, argument } satisfies Question)
    })
}
