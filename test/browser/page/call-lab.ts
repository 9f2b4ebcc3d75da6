/** What a page sends to a worker's lab. Methods are called by name, as tests do from outside. */
export interface WorkerCall {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

/** What comes back. */
export interface WorkerAnswer {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** Calls a method of a lab by its name. */
export async function callLab(
  lab: object,
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  const found = (lab as Record<string, ((...given: readonly unknown[]) => unknown) | undefined>)[
    method
  ]
  if (!found) throw new Error(`the lab has no ${method}`)
  return found(...args)
}
