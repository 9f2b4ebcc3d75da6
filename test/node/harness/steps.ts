import type { Report, Step } from './orders.js'

export type { Step } from './orders.js'

/** What is told the parent, once it is on its way. */
export type Tell = (report: Report) => Promise<void>

export interface Steps {
  /** A refresh of this user comes by, and waits here if it was ordered to. */
  at(step: Step, user: string): Promise<void>
  /** The same, where nobody knows whose file it is. */
  atFile(step: Step): Promise<void>
  holdAt(step: Step, user: string | undefined): void
  goOn(): void
}

/** Where refreshes wait until they may go on, or until their process is stopped or killed. */
export function createSteps(tell: Tell): Steps {
  let ordered: { readonly step: Step; readonly user: string | undefined } | undefined
  let release: (() => void) | undefined

  async function hold(step: Step, user: string): Promise<void> {
    ordered = undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    await tell({ is: 'held', step, user })
    await released
  }

  return {
    async at(step, user) {
      if (ordered?.step !== step || (ordered.user ?? user) !== user) return
      await hold(step, user)
    },
    async atFile(step) {
      if (ordered?.step === step) await hold(step, ordered.user ?? '')
    },
    holdAt(step, user) {
      ordered = { step, user }
    },
    goOn() {
      release?.()
      release = undefined
    },
  }
}
