/** Has a refresh refused, and prints whether the session still holds what that refresh was made with. */
import { createSession } from 'unexpired'

let signal: WeakRef<AbortSignal> | undefined
const session = createSession({
  async refresh(request) {
    signal = new WeakRef(request.signal)
    await Promise.resolve()
    throw Object.assign(new Error('refused'), {
      response: { status: 400, data: { error: 'invalid_grant' } },
    })
  },
})
await session.signIn({ accessToken: 'access-1', refreshToken: 'refresh-1' })
await session.refresh().catch(() => undefined)
for (let turn = 0; turn < 5 && signal?.deref(); turn += 1) {
  await new Promise((next) => setTimeout(next, 5))
  globalThis.gc?.()
}
const { type, cause } = session.explain().at(-1) as { type: string; cause?: Error }
const isHeld = signal === undefined || signal.deref() !== undefined
console.log(JSON.stringify({ type, stack: cause?.stack, isHeld }))
