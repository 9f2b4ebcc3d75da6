import type { ModelClock } from './model-clock.js'
import type { StoreFate } from './scenario.js'
import type { Trace } from './trace.js'

interface TurnParts {
  readonly clock: ModelClock
  readonly trace: Trace
  readonly step: (label: string) => Promise<void>
  readonly nextFate: (what: string) => StoreFate
  /** Somebody waited too long while nobody had the turn. */
  readonly isLate: () => void
}

/** One exclusive turn after the other, granted when the scheduler likes, refused after `waitMs`. */
export function createTurns({ clock, trace, step, nextFate, isLate }: TurnParts) {
  const line: (() => void)[] = []
  let isTaken = false
  let holder: string | undefined

  function grant(): void {
    const next = isTaken ? undefined : line.shift()
    if (!next) return
    isTaken = true
    void step('turn: granted').then(next)
  }

  function exclusive<T>(session: string, work: () => Promise<T>, waitMs: number): Promise<T> {
    const fate = nextFate(`${session} turn`)
    if (fate.startsWith('hangs')) return new Promise<never>(() => undefined)
    return new Promise<T>((resolve, reject) => {
      let isOver = false
      const turn = (): void => {
        const release = (): void => {
          isTaken = false
          holder = undefined
          grant()
        }
        if (isOver) return release()
        isOver = true
        cancel()
        holder = session
        trace.note(`turn: ${session} has it`)
        void work().then(resolve, reject).then(release)
      }
      const cancel = clock.setTimeout(() => {
        if (isOver) return
        isOver = true
        trace.note(`turn: ${session} waited too long${holder ? ` for ${holder}` : ''}`)
        if (!holder) isLate()
        reject(new Error('the turn did not come'))
      }, waitMs)
      if (fate.startsWith('fails')) {
        void step(`turn: refused to ${session}`).then(() => {
          isOver = true
          cancel()
          reject(new Error('the turn was refused'))
        })
        return
      }
      line.push(turn)
      grant()
    })
  }

  return { exclusive }
}
