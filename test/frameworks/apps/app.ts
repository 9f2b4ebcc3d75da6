import type { Session, SessionSnapshot } from 'unexpired'

/** What an app of a framework exports: it shows status and generation of a session. */
export interface FrameworkApp {
  /**
   * Puts it into the page.
   *
   * @param rendered - told of each change that the framework passes on
   * @returns what takes it out again
   */
  mount(
    element: Element,
    session: Session,
    rendered: (snapshot: SessionSnapshot) => void,
  ): () => unknown
}
