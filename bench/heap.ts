import { createSession } from 'unexpired'

const requests = 10_000

function heap(): number {
  if (!globalThis.gc) throw new Error('run with node --expose-gc')
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

/** What a held request costs beyond the promise that its caller has anyway, and what is left after. */
export async function heldRequests(): Promise<{ bytesEach: number; bytesLeftEach: number }> {
  type Finish = (tokens: { accessToken: string }) => void
  let called: (finish: Finish) => void = () => undefined
  const session = createSession({
    refresh: () => new Promise<{ accessToken: string }>((resolve) => called(resolve)),
    refreshTimeoutMs: 60_000,
  })
  await session.signIn({ accessToken: 'token', refreshToken: 'refresh' })

  async function round(): Promise<number> {
    const calling = new Promise<Finish>((resolve) => (called = resolve))
    const refreshed = session.refresh()
    const finish = await calling
    const turnedAway = session.authorize(({ generation }) =>
      Promise.resolve({ status: generation === session.getSnapshot().generation ? 401 : 200 }),
    )
    const before = heap()
    const waiting: Promise<unknown>[] = []
    for (let id = 0; id < requests; id++) {
      waiting.push(session.authorize(() => Promise.resolve({ status: 200 })))
    }
    const held = heap() - before
    finish({ accessToken: 'newer' })
    await Promise.all([...waiting, refreshed, turnedAway])
    return held
  }

  await round()
  const before = heap()
  const held = await round()
  return { bytesEach: held / requests, bytesLeftEach: (heap() - before) / requests }
}
