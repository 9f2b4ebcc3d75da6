import { createSession } from 'unexpired'

/** Holds ten thousand requests, several times over, and prints what they cost and what is left. */
const requests = 10_000
let answer = (): void => undefined
let generation = 1
const session = createSession({
  refresh: () =>
    new Promise<{ accessToken: string }>((resolve) => {
      answer = () => resolve({ accessToken: `access-${(generation += 1)}` })
    }),
})
await session.signIn({ accessToken: 'access-1', refreshToken: 'r' })
let settled = 0

async function heap(): Promise<number> {
  for (let turn = 0; turn < 4; turn += 1) {
    await new Promise<void>((done) => void setImmediate(done))
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

/** One round: all are turned away, held, and sent again. */
async function hold(): Promise<number> {
  const before = await heap()
  const dead = generation
  let all: Promise<unknown>[] | undefined = Array.from({ length: requests }, () =>
    session.authorize((lease) => Promise.resolve({ status: lease.generation > dead ? 200 : 401 })),
  )
  const during = await heap()
  answer()
  for (const { status } of (await Promise.all(all)) as { status: number }[]) {
    if (status === 200) settled += 1
  }
  all = undefined
  return during - before
}

// The first round warms up: code is compiled, and kept.
await hold()
const before = await heap()
const held = [await hold(), await hold(), await hold()]
const bytesLeft = (await heap()) - before
console.log(JSON.stringify({ bytesHeld: Math.min(...held), bytesLeft, settled }))
