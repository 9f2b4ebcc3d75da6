import { createSession, createSessionPool, memoryStore } from 'unexpired'

/**
 * A hundred thousand users come, sign in, send a request, and go; prints what is left of them.
 */
const users = 100_000
const max = 100
let made = 0
const pool = createSessionPool({
  max,
  idleMs: 0,
  create() {
    made += 1
    return createSession({
      store: memoryStore(),
      refresh: () => Promise.reject(new Error('not here')),
    })
  },
})

async function heap(): Promise<number> {
  for (let turn = 0; turn < 4; turn += 1) {
    await new Promise<void>((done) => void setImmediate(done))
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

let served = 0
let largest = 0
async function visit(userId: string): Promise<void> {
  const session = pool.get(userId)
  await session.signIn({ accessToken: `${userId}-1`, refreshToken: 'r', expiresIn: 3600 })
  const { status } = await session.authorize(({ generation }) =>
    Promise.resolve({ status: generation === 1 ? 200 : 401 }),
  )
  if (status === 200) served += 1
  largest = Math.max(largest, pool.size)
}

async function come(from: number, to: number): Promise<void> {
  for (let user = from; user < to; user += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, more) => visit(`user-${user + more}`)))
  }
}

// The first ones warm up: code is compiled, and kept.
await come(0, users / 5)
const before = await heap()
await come(users / 5, users)
const bytesLeft = (await heap()) - before
console.log(JSON.stringify({ bytesLeft, made, served, largest, size: pool.size }))
pool.close()
