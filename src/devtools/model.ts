import type { Session, SessionEvent, SessionSnapshot, TokenLifetime } from '../index.js'
import type { Chapter } from './chapter.js'
import { endedEarlier, endingOf, type Ending } from './ending.js'
import { createLanes } from './lanes.js'
import { listen } from './listen.js'
import { lastEnding } from './memory.js'
import { createStory } from './story.js'
import { createTabs } from './tabs.js'

/** What a panel shows besides the timeline. */
export interface Facts extends Omit<SessionSnapshot, 'status'> {
  readonly status: SessionSnapshot['status'] | 'expired' | 'closed'
  readonly lifetime: TokenLifetime | undefined
  /** Oldest first. */
  readonly chapters: readonly Chapter[]
  readonly ending: Ending | undefined
  /** What `explain()` remembers, with tokens cut out as it was heard. */
  readonly events: readonly SessionEvent[]
}

/** Watches a session until it is stopped; `changed` is called after each change. */
export function createModel(
  session: Session,
  name: string,
  isOpen: () => boolean,
  changed: () => void,
) {
  const story = createStory()
  const lanes = createLanes()
  const tabs = createTabs(name, changed)
  let earlier = lastEnding(name)
  const heard = listen(session, (event, at, isPast) => {
    story.add(event, at)
    lanes.add(event, at, isPast)
    if (event.type === 'signed-in' && earlier) earlier = lastEnding(name, '')
    // The app may go elsewhere at once.
    if (event.type === 'signed-out')
      earlier = lastEnding(name, endingOf(story.chapters())?.headline)
    if (isPast) return
    if (event.type === 'refreshed') tabs.tell(event)
    // Requests change nothing that a closed panel shows.
    if (isOpen() || !('requestId' in event)) changed()
  })
  const stops = [heard.stop, session.subscribe(changed), tabs.stop]
  return {
    clean: heard.clean,
    tabs,
    lanes: lanes.lanes,
    facts(): Facts {
      const snapshot = session.getSnapshot()
      const lifetime = session.getLifetime()
      const chapters = story.chapters()
      const isExpired = snapshot.status === 'active' && lifetime?.isExpired
      const ending =
        snapshot.status === 'signed-out' ? (endingOf(chapters) ?? endedEarlier(earlier)) : undefined
      return {
        ...snapshot,
        status: ending?.status ?? (isExpired ? 'expired' : snapshot.status),
        lifetime,
        chapters,
        ending,
        events: heard.events,
      }
    },
    stop: () => stops.forEach((stop) => stop()),
  }
}
