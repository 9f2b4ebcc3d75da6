import type { Session } from '../index.js'
import { make, makeButton, put, set } from './make.js'
import type { Facts } from './model.js'

/** What the buttons need. */
export interface ActionParts {
  readonly session: Session
  clean(text: string): string
  report(): string
}

/** The buttons, and what came of the last one that was pressed. */
export function createActionsView({ session, clean, report }: ActionParts) {
  const message = make('p', 'hint', { part: 'message', role: 'status' })
  const text = make('textarea', 'report', {
    readonly: 'readonly',
    rows: '6',
    'aria-label': 'Report',
  })
  text.hidden = true

  const button = (name: string, label: string, work: () => Promise<string> | string) =>
    makeButton(name, label, () => {
      put(message, '…')
      // What it throws at once is said, too.
      void Promise.resolve()
        .then(work)
        .catch((error: unknown) => clean(error instanceof Error ? error.message : String(error)))
        .then((said) => put(message, said))
    })

  const refresh = button('refresh', 'Refresh now', async () => {
    await session.refresh()
    return `Refreshed: generation ${session.getSnapshot().generation}`
  })
  const expire = button('expire', 'Expire now', () => {
    session.expire()
    return 'Expired: the next request refreshes first'
  })
  const signOut = button('sign-out', 'Sign out', async () => {
    await session.signOut()
    return 'Signed out'
  })
  const copy = button('copy', 'Copy report', async () => {
    text.value = report()
    text.hidden = await copied(text.value)
    if (text.hidden) return 'Report copied'
    text.focus()
    text.select()
    return 'This page may not use the clipboard: copy the text'
  })
  return {
    element: make(
      'div',
      'actions',
      {},
      make('div', 'buttons', {}, refresh, expire, signOut, copy),
      message,
      text,
    ),
    draw({ lifetime }: Facts): void {
      for (const each of [refresh, signOut]) set(each, 'aria-disabled', String(!lifetime))
      set(expire, 'aria-disabled', String(lifetime?.isExpired ?? true))
    },
  }
}

/** Only pages that are secure have a clipboard, and a policy may forbid it. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
