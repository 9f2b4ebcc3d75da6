import { createWaterfall } from '../../src/devtools/waterfall.js'
import type { SideName } from '../shared/control-api.js'
import type { Settings } from '../shared/settings.js'
import { figureMoods, verdictOf, waitingOf } from '../shared/verdict.js'
import type { Actor, Answer } from './actor.js'
import { make, write } from './element.js'
import type { Score } from './score.js'
import { sourceOf } from './sources.js'

/** One half of the stage. */
export interface SideView {
  readonly element: HTMLElement
  draw(now: SideScene): void
}

export interface SideScene {
  readonly score: Score
  /** How it ended, where nobody waits any more. */
  readonly judged: Score | undefined
  readonly actor: Actor
  /** The time that both sides show. */
  readonly from: number
  readonly to: number
  readonly settings: Settings
  readonly isOver: boolean
}

const texts = {
  left: { title: 'The usual interceptor', what: 'copied into most projects' },
  right: { title: 'unexpired', what: 'one session for all requests' },
}

/** Figures that are large, with the word below. */
const figures = [
  ['refreshes', 'refreshes'],
  ['answered', 'answered'],
  ['signed-out', 'sent to sign in'],
] as const

/** The rest of the server's book. */
const details = [
  ['sent', 'sent'],
  ['failed', 'failed'],
  ['waiting', 'still waiting'],
  ['turned-away', 'turned away by the server'],
  ['served', 'served by the server'],
  ['reuse-detected', 'spent tokens seen again'],
  ['families-revoked', 'sessions revoked'],
] as const

type Count = (typeof figures | typeof details)[number][0]

/** A lane is between these, so that the picture has one height. Pixels. */
const lane = { least: 3, most: 14, room: 294, named: 11 }

const marks: Readonly<Record<Answer, string>> = { waiting: '', answered: '✓', failed: '✗' }

export function createSideView(side: SideName): SideView {
  const counts = new Map<Count, HTMLElement>()
  const count = (name: Count): HTMLElement => {
    const element = make('span', { 'data-count': name }, '0')
    counts.set(name, element)
    return element
  }
  const badge = make('p', { class: 'badge' })
  const title = make('h2', { id: `${side}-title` }, texts[side].title)
  const tiles = make('div', { class: 'tiles', 'aria-hidden': 'true' })
  const stamp = make('p', { class: 'stamp', 'data-stamp': '', hidden: '' })
  const stampTimes = make('span')
  stamp.append(make('span', {}, 'signed out'), ' ', stampTimes)
  const headline = make('p', { class: 'headline', 'data-verdict': '' })
  const story = make('p', { class: 'story' })
  const outOf = make('small')
  const code = make('code')
  const waterfall = createWaterfall()
  const big = figures.map(([name, word]) =>
    make(
      'div',
      { class: 'figure' },
      make('dd', {}, count(name), ...(name === 'answered' ? [outOf] : [])),
      make('dt', {}, word),
    ),
  )
  const element = make(
    'section',
    { class: 'side', 'data-side': side, 'aria-labelledby': `${side}-title` },
    make(
      'header',
      {},
      make('div', {}, title, make('p', { class: 'what' }, texts[side].what)),
      badge,
    ),
    make('dl', { class: 'figures' }, ...big),
    tiles,
    make('div', { class: 'plot' }, waterfall.element, stamp),
    make('div', { class: 'verdict' }, headline, story),
    make(
      'details',
      { class: 'more' },
      make('summary', {}, 'All counts'),
      make(
        'dl',
        {},
        ...details.map(([name, word]) =>
          make('div', {}, make('dd', {}, count(name)), make('dt', {}, word)),
        ),
      ),
    ),
    make(
      'details',
      { class: 'more' },
      make('summary', {}, 'The code that runs here'),
      make('pre', { tabindex: '0', 'aria-label': `Code of ${texts[side].title}` }, code),
    ),
  )

  const put = (name: Count, value: number): void => {
    const target = counts.get(name)
    if (target) write(target, String(value))
  }

  let shown = ''
  function drawTiles(answers: readonly (readonly Answer[])[], requests: number): void {
    const groups = answers.map((group, index) =>
      index === 0 && group.length === 0
        ? Array.from({ length: requests }, () => 'unsent' as const)
        : group,
    )
    const now = JSON.stringify(groups)
    if (now === shown) return
    shown = now
    tiles.replaceChildren(
      ...groups.map((group) =>
        make(
          'div',
          { class: 'tab' },
          ...group.map((answer) =>
            make('i', { class: answer }, answer === 'unsent' ? '' : marks[answer]),
          ),
        ),
      ),
    )
  }

  return {
    element,
    draw({ score, judged, actor, from, to, settings, isOver }) {
      const { requests } = settings
      write(code, sourceOf(side, settings))
      const lanes = actor.lanes()
      const height = Math.floor(lane.room / Math.max(21, lanes.length))
      const laneHeight = Math.max(lane.least, Math.min(lane.most, height))
      waterfall.element.style.setProperty('--waterfall-lane', `${laneHeight}px`)
      waterfall.element.classList.toggle('nameless', laneHeight < lane.named)
      waterfall.draw(lanes, from, to)
      drawTiles(score.answers, requests)

      put('refreshes', score.refreshes)
      put('answered', score.answered)
      put('signed-out', score.signedOut)
      put('sent', score.sent)
      put('failed', score.failed)
      put('waiting', waitingOf(score))
      put('turned-away', score.turnedAway)
      put('served', score.served)
      put('reuse-detected', score.reuseDetected)
      put('families-revoked', score.familiesRevoked)
      write(outOf, ` / ${score.sent || requests}`)

      const isIn = score.isSignedIn && score.signedOut === 0
      const isThrownOut = score.signedOut > 0
      element.dataset['signedIn'] = isIn ? 'yes' : 'no'
      write(badge, isIn ? 'signed in' : 'signed out')
      badge.classList.toggle('out', !isIn)
      stamp.hidden = !isThrownOut
      write(stampTimes, score.signedOut > 1 ? `× ${score.signedOut}` : '')

      const verdict = verdictOf(side, judged ?? score)
      const isJudged = isOver && score.sent > 0
      element.dataset['mood'] = isJudged ? verdict.mood : ''
      const moods = figureMoods(side, judged ?? score)
      for (const [name] of figures) {
        const figure = counts.get(name)?.parentElement
        if (figure) figure.dataset['is'] = (isJudged && moods[name]) || ''
      }
      write(headline, isJudged ? verdict.headline : '')
      write(story, isJudged ? verdict.story : '')
    },
  }
}
