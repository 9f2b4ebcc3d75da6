import type { Session, SessionSnapshot, TokenLifetime } from '../index.js'
import type { Chapter } from './chapter.js'
import type { Teller } from './chapter-words.js'
import { watchClosed } from './closed.js'
import { endingOf, type Ending } from './ending.js'
import { recordLanes } from './lanes-of.js'
import { listen } from './listen.js'
import { createRedactor } from './redact.js'
import { createStory } from './story.js'
import { createTabs } from './tabs.js'

/** What a panel shows besides the timeline. */
export interface Facts extends Omit<SessionSnapshot, 'status'> {
  readonly status: SessionSnapshot['status'] | 'expired' | 'closed'
  readonly lifetime: TokenLifetime | undefined
  /** Oldest first. */
  readonly chapters: readonly Chapter[]
  readonly ending: Ending | undefined
}

/** Watches a session until it is stopped; `changed` is called after each change. */
export function createModel(session: Session, name: string, changed: () => void) {
  const story = createStory()
  const redactor = createRedactor(session)
  const closed = watchClosed(session)
  const lanes = recordLanes(session, () => undefined)
  const tabs = createTabs(name, changed)
  // A wall clock that was set back does not make a future of the past.
  for (const event of session.explain()) {
    story.add(event, performance.now() - Math.max(0, Date.now() - event.at))
  }
  const stops = [
    listen(session, (event, at) => {
      story.add(event, at)
      if (event.type === 'refreshed') tabs.tell(event)
      changed()
    }),
    session.subscribe(changed),
    redactor.stop,
    closed.stop,
    lanes.stop,
    tabs.stop,
  ]
  const teller: Teller = { whoMade: tabs.whoMade, clean: redactor.clean }
  return {
    teller,
    tab: tabs.label,
    lanes: lanes.lanes,
    facts(): Facts {
      const snapshot = session.getSnapshot()
      const lifetime = session.getLifetime()
      const chapters = story.chapters()
      const isClosed = closed.isClosed()
      const isExpired = snapshot.status === 'active' && lifetime?.isExpired
      const isOut = snapshot.status === 'signed-out'
      return {
        ...snapshot,
        status: isClosed ? 'closed' : isExpired ? 'expired' : snapshot.status,
        lifetime,
        chapters,
        ending: isOut ? endingOf(chapters, isClosed, teller) : undefined,
      }
    },
    stop: () => stops.forEach((stop) => stop()),
  }
}
