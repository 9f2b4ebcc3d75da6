import type { WhoMade } from './chapter-words.js'
import { createChapterList } from './events-view.js'
import { make, put } from './make.js'
import type { Facts } from './model.js'

/** Why a session ended, and what led there. */
export function createEndingView(whoMade: WhoMade) {
  const headline = make('strong', 'headline', { class: 'bad' })
  const list = createChapterList('chain', 'What led there, in order', whoMade)
  const label = { 'aria-label': 'Why the session ended' }
  const element = make('section', 'ending', label, headline, list.element)
  return {
    element,
    draw({ ending }: Facts): void {
      element.hidden = !ending
      put(headline, ending?.headline ?? '')
      list.draw(ending?.chain ?? [])
    },
  }
}
