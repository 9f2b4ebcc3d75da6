/** Less than this is the next frame (milliseconds). */
const frameMs = 17
/** Timers that are to take longer ring at once. */
const longestMs = 2 ** 31 - 1

/**
 * Draws at most once a frame, and not while nobody looks: what was asked for in a hidden page is drawn
 * when it is shown again. `draw` says after how many milliseconds there is something new though
 * nothing changes, and for how many nobody would see a change.
 */
export function createFrames(draw: (now: number) => readonly [nextMs: number, restMs: number]) {
  let frame: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false
  let restsUntil = 0

  function later(ms: number): void {
    clearTimeout(timer)
    if (ms < Infinity) timer = setTimeout(request, Math.min(ms, longestMs))
  }
  function request(): void {
    if (isStopped || frame !== undefined || document.hidden) return
    const waitMs = restsUntil - performance.now()
    if (waitMs >= frameMs) return later(waitMs)
    frame = requestAnimationFrame(() => {
      frame = undefined
      const now = performance.now()
      const [nextMs, restMs] = draw(now)
      restsUntil = now + restMs
      if (nextMs < frameMs) request()
      else later(nextMs)
    })
  }
  document.addEventListener('visibilitychange', request)

  return {
    /** Something changed. */
    request,
    stop(): void {
      isStopped = true
      clearTimeout(timer)
      if (frame !== undefined) cancelAnimationFrame(frame)
      document.removeEventListener('visibilitychange', request)
    },
  }
}
