import { controlPath } from '../shared/control-api.js'
import type { ControlCalls, ControlState } from '../shared/control-api.js'

async function read(answer: Response): Promise<ControlState> {
  if (!answer.ok) throw new Error(`the playground's server says ${answer.status}`)
  return (await answer.json()) as ControlState
}

/** Tells the server what to do. */
export async function control<C extends keyof ControlCalls>(
  call: C,
  body: ControlCalls[C],
): Promise<ControlState> {
  return read(
    await fetch(`${controlPath}/${call}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
}

export const controlState = async (): Promise<ControlState> =>
  read(await fetch(`${controlPath}/state`))

/** How long is waited for more to happen. Milliseconds. */
const gatherMs = 150

/** Asks the server once for all that happens within a moment, if it `matters` then. */
export function createLook(matters: () => boolean, seen: (state: ControlState) => void) {
  let isAsked = false
  return (): void => {
    if (isAsked || !matters()) return
    isAsked = true
    setTimeout(() => {
      isAsked = false
      if (!matters()) return
      void controlState().then(
        (state) => matters() && seen(state),
        // The next thing that a person does tells that it does not answer.
        () => undefined,
      )
    }, gatherMs)
  }
}
