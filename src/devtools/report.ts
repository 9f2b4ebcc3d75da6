import { tell, type WhoMade } from './chapter-words.js'
import { lifeInWords } from './life-view.js'
import type { Facts } from './model.js'
import { shownOfId } from './words.js'

/** Plain text, fit for a bug report: no token, no path, and no session's id in full. */
export function reportOf(title: string, facts: Facts, whoMade: WhoMade): string {
  const { status, sessionId, generation, lifetime, chapters, ending, events } = facts
  return [
    `unexpired devtools: ${title}`,
    `status: ${status}`,
    ending ? ending.headline : `lifetime: ${lifeInWords(lifetime)}; ${JSON.stringify(lifetime)}`,
    `session: ${sessionId ? `${sessionId.slice(0, shownOfId)}…` : 'none'}, generation ${generation}`,
    navigator.userAgent,
    '',
    ...chapters.map((chapter) => {
      const [what, detail] = tell(chapter, whoMade)
      return `${ago(performance.now() - chapter.at)} ${what}: ${detail}`
    }),
    '',
    ...events.map((event) => {
      const fields = { ...event, at: undefined, sessionId: undefined, path: undefined }
      return `${ago(Date.now() - event.at)} ${JSON.stringify(fields)}`
    }),
    '',
  ].join('\n')
}

const ago = (ms: number): string => `${(-ms / 1000).toFixed(3)} s`.padStart(12)
