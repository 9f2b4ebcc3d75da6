import type { TokenStore } from '../../core/store.js'
import { NoAnswerError, pause, type Call } from './calls.js'
import { releaseScript, renewScript, takeScript } from './scripts.js'

/** Between two looks at a turn that somebody else has, and as much again at random (milliseconds). */
const lookAgainMs = 250

/** How a turn is taken, and where. */
export interface TurnPlace {
  readonly call: Call
  readonly key: string
  readonly channel: string
  readonly leaseMs: number
  /** Calls `heard` when a turn may be free; the function that it returns ends that. */
  listen(heard: () => void): () => void
  /** Takes what looks whether the turn is lost, for as long as the work has it: to be called after a wait. */
  holding(check: (() => void) | undefined): void
}

/** How long it is waited for. */
type Patience = Parameters<Required<TokenStore>['exclusive']>[1]

/** What is said when a turn is free. */
export const freed = 'free'

/**
 * A lease: its owner renews it while the work runs, and one that died loses it when it ends. It rejects
 * when the lease is lost on the way; the work runs on.
 */
export async function inLease<T>(
  place: TurnPlace,
  patience: Patience,
  work: () => Promise<T>,
): Promise<T> {
  const { call, key, channel, leaseMs } = place
  const release = (holder: string): Promise<unknown> =>
    call(releaseScript, key, [holder, channel, freed])
  let [owner, confirmedAt] = await take(place, patience, release)
  const isOver = (): boolean => performance.now() > confirmedAt + leaseMs
  let isLost = false
  let reject = (_error: Error): void => undefined
  const lost = new Promise<never>((_resolve, rejectIt) => {
    reject = rejectIt
  })
  const lose = (error: Error): void => {
    isLost = true
    reject(error)
  }
  /** A process that stood still may not have it any more, before it has asked. */
  const check = (): void => {
    if (isOver()) lose(new Error('the turn was lost: it was not renewed in time'))
  }
  async function renew(): Promise<void> {
    check()
    if (isLost) return
    const askedAt = performance.now()
    try {
      const [isOurs] = await call(renewScript, key, [owner, String(leaseMs)])
      if (Number(isOurs)) confirmedAt = askedAt
      else lose(new Error('the turn was lost: somebody else may have it'))
    } catch {
      check()
    }
  }
  const renewal = setInterval(() => void renew(), leaseMs / 3)
  renewal.unref()
  place.holding(check)
  try {
    return await Promise.race([work(), lost])
  } finally {
    clearInterval(renewal)
    place.holding(undefined)
    // Where Redis does not answer, it ends by itself.
    if (!isLost) await release(owner).catch(() => undefined)
  }
}

/** Resolves with its owner, and the time from when on it is ours. */
async function take(
  { call, key, leaseMs, listen }: TurnPlace,
  { waitMs, signal }: Patience,
  release: (owner: string) => Promise<unknown>,
): Promise<[owner: string, at: number]> {
  const end = performance.now() + waitMs
  let wake = (): void => undefined
  const heard = (): void => wake()
  let stop: (() => void) | undefined
  signal?.addEventListener?.('abort', heard)
  let hasAnswered = false
  let wasSilent = false
  /** Nothing, where a Redis that answered just now is slow for once. */
  const ask = async (owner: string): Promise<readonly unknown[] | undefined> => {
    try {
      return await call(takeScript, key, [owner, String(leaseMs)], {
        isPatient: wasSilent,
        late() {
          // Redis took its time, and nobody waits for it any more.
          release(owner).catch(() => undefined)
        },
      })
    } catch (error) {
      if (!hasAnswered || !(error instanceof NoAnswerError)) throw error
      wasSilent = true
      return undefined
    }
  }
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      const askedAt = performance.now()
      // Each time another: what is given late, and given back, is not what was given since.
      const owner = crypto.randomUUID()
      const reply = await ask(owner)
      hasAnswered = !!reply
      const [isOurs, leftMs] = reply ?? []
      const isInTime = performance.now() < askedAt + leaseMs
      if (Number(isOurs) && isInTime && !signal?.aborted) return [owner, askedAt]
      if (Number(isOurs)) await release(owner)
      // Most often it comes at once.
      stop ??= listen(heard)
      const untilEndMs = end - performance.now()
      if (signal?.aborted) throw new Error('nobody waits for the turn any more')
      if (untilEndMs <= 0) throw new Error(`no turn within ${waitMs} ms`)
      const freeInMs = Number(leftMs ?? 0) + 1
      const nextMs = Math.min(lookAgainMs * (1 + Math.random()), freeInMs, untilEndMs)
      await Promise.race([woken, pause(nextMs)])
    }
  } finally {
    stop?.()
    signal?.removeEventListener?.('abort', heard)
  }
}
