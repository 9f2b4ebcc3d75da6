import type { RefreshedEvent, SessionEvent } from '../index.js'
import { shownOfId } from './words.js'

/** So many generations, and who made them, are remembered. */
const mostGenerations = 100

/** Tells other panels of this name which generations were made here, and hears of theirs. */
export function createTabs(name: string, heard: () => void) {
  const label = Math.random().toString(36).slice(2, 5)
  const makers = new Map<string, string>()
  let channel: BroadcastChannel | undefined
  try {
    channel = new BroadcastChannel(`unexpired-devtools:${name}`)
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      // Anybody of this origin may say anything.
      const [, key, maker] = /^(.{1,30}) (\w{1,4})$/.exec(String(data)) ?? []
      if (!key || !maker) return
      makers.set(key, maker)
      const [oldest = key] = makers.keys()
      if (makers.size > mostGenerations) makers.delete(oldest)
      heard()
    })
  } catch {
    // Then nobody knows which tab it was.
  }
  return {
    /** Of this tab. */
    label,
    tell(event: RefreshedEvent): void {
      // No token, and of the session's id only its start. To all of this origin, as it is meant.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- channels have no other
      channel?.postMessage(`${keyOf(event)} ${label}`)
    },
    whoMade(event: SessionEvent): string {
      const maker = makers.get(keyOf(event))
      return maker ? `tab ${maker}` : 'another tab or process'
    },
    stop: () => channel?.close(),
  }
}

const keyOf = ({ sessionId = '', generation }: SessionEvent): string =>
  `${sessionId.slice(0, shownOfId)}-${generation}`
