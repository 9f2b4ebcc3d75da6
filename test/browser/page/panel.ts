import type { Session } from 'unexpired'
import { mountDevtools } from 'unexpired/devtools'
import type { DevtoolsOptions } from 'unexpired/devtools'

import { watchThisPage } from '../../canary/page/in-page.js'
import { makeClient } from './client.js'
import type { Client, OpenOptions, Outcome, SignOut } from './lab.js'

watchThisPage()

/** An app with a session and the panel, for tests of the panel. */
interface App {
  readonly session: Session
  readonly signedOut: readonly SignOut[]
  /** Signs in at the server, and then here. */
  signIn(user?: string): Promise<void>
  /** Sends so many requests at once; gives how they ended. */
  send(count: number, path?: string): Promise<readonly Outcome[]>
  /** Mounts the panel; in place of the one that is there. */
  mount(options?: DevtoolsOptions): void
  unmount(): void
}

declare global {
  interface Window {
    /** Makes a session, in place of the one before. */
    openApp(options?: OpenOptions): Promise<void>
    app: App
    /** What the Content-Security-Policy of the page has forbidden. */
    violations: string[]
  }
}

window.violations = []
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  window.violations.push(`${violatedDirective} ${blockedURI}`)
})

let client: Client | undefined
let unmount = (): void => undefined

window.openApp = async (options = {}) => {
  unmount()
  void client?.session.close()
  const signedOut: SignOut[] = []
  const { session, send } = (client = makeClient(options, signedOut))
  window.app = {
    session,
    signedOut,
    async signIn(user = 'ann') {
      const answer = await fetch('/auth/login', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: user }),
      })
      await session.signIn((await answer.json()) as { accessToken: string })
    },
    send: (count, path = '/thing') =>
      Promise.all(Array.from({ length: count }, (_, at) => send(`${path}-${at}`))),
    mount(given) {
      unmount()
      unmount = mountDevtools(session, given)
    },
    unmount: () => unmount(),
  }
  await session.ready
}
