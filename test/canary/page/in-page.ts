import { createAlarm } from '../alarm.js'
import { watchPage } from './watch-page.js'

/** Until the server of the page can be reached again, in milliseconds. */
const againMs = 200

/** It may be unplugged just now, and the page may be gone in a moment. */
async function report(message: string): Promise<void> {
  try {
    await fetch('/canary', { method: 'POST', body: message, mode: 'no-cors', keepalive: true })
  } catch {
    setTimeout(() => void report(message), againMs)
  }
}

/** The canary in a page, or in a worker beside it: the server of the page is told of a leak at once. */
export function watchThisPage(): void {
  watchPage((print) => createAlarm(print, (message) => void report(message)))
}
