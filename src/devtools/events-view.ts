import type { Chapter } from './chapter.js'
import { tell, type WhoMade } from './chapter-words.js'
import { makeIcon } from './icon.js'
import { createList, type Entry } from './list.js'
import { make, put } from './make.js'
import type { Facts } from './model.js'
import { clockOf } from './words.js'

/** Chapters in words. */
export function createChapterList(name: string, label: string, whoMade: WhoMade) {
  const element = make('ol', name, { role: 'list', 'aria-label': label })
  return { element, draw: createList<Chapter>(element, (chapter) => createEntry(chapter, whoMade)) }
}

/** What happened, newest first. */
export function createEventsView(whoMade: WhoMade) {
  const list = createChapterList('event-list', 'Events, newest first', whoMade)
  const title = make('h2', '', {}, 'Events')
  return {
    element: make('section', 'events', { 'aria-label': 'Events' }, title, list.element),
    draw: ({ chapters }: Facts) => list.draw([...chapters].reverse()),
  }
}

function createEntry({ at }: Chapter, whoMade: WhoMade): Entry<Chapter> {
  const icon = makeIcon()
  const title = make('strong')
  const detail = make('div', 'hint')
  const row = make('div', 'row', {}, title, make('time', 'hint', {}, clockOf(at)))
  return {
    element: make('li', 'event', {}, icon.element, make('div', '', {}, row, detail)),
    write(chapter) {
      const [what, more, tone] = tell(chapter, whoMade)
      icon.show(tone)
      put(title, what)
      put(detail, more)
    },
  }
}
