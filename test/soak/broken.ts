import type { Send, SoakAnswer } from './sending.js'

/** What a client can do wrong on purpose, to show that the soak finds it. */
export const brokenKinds = ['loses', 'leaks', 'mixes', 'untyped'] as const

export type BrokenKind = (typeof brokenKinds)[number]

/** Each so-many-th request of all goes wrong. */
const each = 20

/** Four hundred kilobytes of them, and as often as this at most: enough on a slow machine, not too much on a quick one. */
const keeping = { numbers: 50_000, eachMs: 10 }

const kept: number[][] = []
let keptAt = 0
let count = 0

function leak(): void {
  if (performance.now() - keptAt < keeping.eachMs) return
  keptAt = performance.now()
  kept.push(Array.from({ length: keeping.numbers }, () => count))
}

/** A client that does wrong now and then; without a kind the client as it is. */
export function breakSend(kind: BrokenKind | undefined, send: Send): Send {
  if (!kind) return send
  let before: SoakAnswer = { status: 200, body: undefined }
  return async (request) => {
    count += 1
    const isDue = count % each === 0
    if (kind === 'loses' && isDue) return new Promise<never>(() => undefined)
    if (kind === 'untyped' && isDue) throw new Error('something went wrong')
    const answer = await send(request)
    if (kind === 'leaks') leak()
    if (kind === 'mixes' && isDue) return before
    return (before = answer)
  }
}
