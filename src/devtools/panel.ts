import type { Session } from '../index.js'
import { createActionsView } from './actions-view.js'
import { createEndingView } from './ending-view.js'
import { createEventsView } from './events-view.js'
import { createFrames } from './frames.js'
import { createHeaderView } from './header-view.js'
import { createLifeView } from './life-view.js'
import { make } from './make.js'
import { recall, remember, type Remembered } from './memory.js'
import { createModel } from './model.js'
import { corners, insets, type DevtoolsOptions } from './options.js'
import { createPillView } from './pill-view.js'
import { reportOf } from './report.js'
import { createTimelineView } from './timeline-view.js'

/** An open panel is drawn so often for the draining bar, and a pill, in steps of its width. */
const panelSteps = 400
const pillSteps = 90
const leastMs = 100

/** Fills a shadow root with a panel; the function that it returns ends it. */
export function fillPanel(
  host: HTMLElement,
  root: ShadowRoot,
  session: Session,
  options: DevtoolsOptions,
): () => void {
  const { name = 'session' } = options
  const { corner = 'bottom-right', open = false } = options
  let state: Remembered = { corner, open, ...recall(name) }
  const frames = createFrames(draw)
  const model = createModel(session, name, () => state.open, frames.request)
  const { tabs, clean } = model
  const title = `${name} · tab ${tabs.label}`

  const pill = createPillView(name, () => turn(true))
  const header = createHeaderView(title, {
    close: () => turn(false),
    move: () =>
      change({ corner: corners[(corners.indexOf(state.corner) + 1) % corners.length] ?? corner }),
  })
  const ending = createEndingView(tabs.whoMade)
  const life = createLifeView()
  const actions = createActionsView({ session, clean, report })
  const timeline = createTimelineView()
  const events = createEventsView(tabs.whoMade)
  const views = [header, ending, life, actions, events]
  const content = [ending, life, actions, timeline, events].map(({ element }) => element)
  const panel = make(
    'section',
    'panel',
    { role: 'region', 'aria-label': `unexpired devtools: ${name}` },
    header.element,
    make('div', 'content', {}, ...content),
  )
  panel.classList.add('unexpired-colors')
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    // It is not meant for a dialog of the page.
    event.stopPropagation()
    turn(false)
  })
  root.append(pill.element, panel)

  function report(): string {
    return reportOf(title, model.facts(), tabs.whoMade)
  }

  function show(): void {
    panel.hidden = !state.open
    pill.element.hidden = state.open
    host.style.setProperty('--inset', insets[state.corner] ?? '')
    // Not a frame later: until then it would be there without its content, and its buttons elsewhere.
    draw(performance.now())
    frames.request()
  }

  function change(to: Partial<Remembered>): void {
    state = { ...state, ...to }
    remember(name, state)
    show()
  }

  function turn(isOpen: boolean): void {
    change({ open: isOpen })
    ;(isOpen ? header : pill.element).focus()
  }

  function draw(now: number): readonly [nextMs: number, restMs: number] {
    const facts = model.facts()
    const { leftMs = 0, totalMs = 0 } = facts.lifetime ?? {}
    const isDraining = leftMs > 0
    if (!state.open) {
      pill.draw(facts)
      return [isDraining ? Math.max(leastMs, totalMs / pillSteps) : Infinity, 0]
    }
    for (const view of views) view.draw(facts)
    const [nextMs, restMs] = timeline.draw(model.lanes(), now)
    // Seconds are counted in words.
    const drainMs = Math.min(1000, Math.max(leastMs, totalMs / panelSteps))
    return [isDraining ? Math.min(drainMs, nextMs) : nextMs, restMs]
  }

  show()
  return () => {
    frames.stop()
    model.stop()
  }
}
