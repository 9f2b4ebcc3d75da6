/** One thing at a time: what is asked for ends what is under way, and begins when that has ended. */
export interface Turns {
  /** Resolves when it is done or was ended; what it throws is its own. */
  take(work: (signal: AbortSignal) => Promise<void>): Promise<void>
}

export function createTurns(failed: (error: unknown) => void): Turns {
  let controller = new AbortController()
  let before: Promise<void> = Promise.resolve()
  return {
    take(work) {
      controller.abort()
      const own = (controller = new AbortController())
      const turn = before.then(async () => {
        if (own.signal.aborted) return
        try {
          await work(own.signal)
        } catch (error) {
          if (!own.signal.aborted) failed(error)
        }
      })
      before = turn
      return turn
    },
  }
}

/** Resolves after so long, and rejects at once when it is ended before. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      reject(new DOMException('ended', 'AbortError'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, ms)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
