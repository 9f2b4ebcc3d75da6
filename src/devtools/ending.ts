import type { Chapter } from './chapter.js'
import { whoOf, whyEnded, type Teller } from './chapter-words.js'

/** So many chapters before the end are told with it. */
const told = 4

/** How a session ended. */
export interface Ending {
  readonly headline: string
  /** Oldest first; the end itself is not in it. */
  readonly chain: readonly Chapter[]
}

/** `isClosed`: nothing more is heard of the session, and it did not say why. */
export function endingOf(
  chapters: readonly Chapter[],
  isClosed: boolean,
  teller: Teller,
): Ending | undefined {
  let headline: string | undefined
  let before: readonly Chapter[] = chapters
  if (isClosed) headline = 'Closed: session.close() was called'
  else {
    chapters.forEach((chapter, i) => {
      if (chapter.what === 'flight' || chapter.event.type !== 'signed-out') return
      before = chapters.slice(0, i)
      headline = `Signed out: ${whyEnded(chapter.event, teller.clean)}${afterWhat(before.at(-1))}`
    })
  }
  return headline === undefined ? undefined : { headline, chain: before.slice(-told) }
}

/** What made the refresh necessary that was refused. */
function afterWhat(last: Chapter | undefined): string {
  if (last?.what !== 'flight' || last.end?.type !== 'signed-out') return ''
  if (last.counts['turned-away']) return `, after ${whoOf(last)} turned away`
  return last.trigger === 'lifetime-over' ? ', after the lifetime was over' : ''
}
