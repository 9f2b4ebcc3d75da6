import type { Chapter } from './chapter.js'
import { whoOf, whyEnded } from './chapter-words.js'

/** So many chapters before the end are told with it. */
const told = 4

/** How a session ended. */
export interface Ending {
  readonly headline: string
  readonly status: 'closed' | 'signed-out'
  /** Oldest first; the end itself is not in it. */
  readonly chain: readonly Chapter[]
}

/** How it ended last, if it did; what led there begins with the sign-in. */
export function endingOf(chapters: readonly Chapter[]): Ending | undefined {
  let ending: Ending | undefined
  let begin = 0
  chapters.forEach((chapter, i) => {
    if (chapter.what === 'flight') return
    const { event } = chapter
    const { type: status } = event
    if (status === 'signed-in') begin = i
    if (status !== 'closed' && status !== 'signed-out') return
    const chain = chapters.slice(Math.max(begin, i - told), i)
    const headline =
      event.type === 'closed'
        ? 'Closed: session.close() was called'
        : `Signed out: ${whyEnded(event)}${afterWhat(chain.at(-1))}`
    ending = { headline, status, chain }
  })
  return ending
}

/** On a page before this one, in words. */
export const endedEarlier = (text: string): Ending | undefined =>
  text ? { headline: `On the page before: ${text}`, status: 'signed-out', chain: [] } : undefined

/** What made the refresh necessary that was refused. */
function afterWhat(last: Chapter | undefined): string {
  if (last?.what !== 'flight' || last.end?.type !== 'signed-out') return ''
  if (last.counts['turned-away']) return `, after ${whoOf(last)} turned away`
  return last.trigger === 'lifetime-over' ? ', after the lifetime was over' : ''
}
