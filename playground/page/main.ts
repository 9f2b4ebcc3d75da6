import { createLegend } from '../../src/devtools/legend.js'
import { waterfallStyles } from '../../src/devtools/waterfall.js'
import { settingsOf } from '../shared/scenarios.js'
import { formatSettings, parseSettings } from '../shared/settings.js'
import type { Settings } from '../shared/settings.js'
import { many } from '../shared/verdict.js'
import { createFaults, createScenarios } from './choices.js'
import { showDevtools } from './devtools.js'
import { the, write } from './element.js'
import type { Scene } from './scene.js'
import { createSettingsForm } from './settings-form.js'
import { createSideView } from './side-view.js'
import { createStage } from './stage.js'

const styles = new CSSStyleSheet()
styles.replaceSync(waterfallStyles)
// Before the page's own, which has colours of its own for it.
document.adoptedStyleSheets = [styles]

const views = { left: createSideView('left'), right: createSideView('right') }
the('stage', HTMLElement).append(views.left.element, views.right.element)
the('legend', HTMLElement).append(createLegend())

/** A picture is at least so long, and has so much room behind its end. Milliseconds, and a share. */
const window = { least: 600, behind: 1.04 }

function show({ caption, settings, scores, judged, cast, from, to, isOver, tabs }: Scene): void {
  write(the('caption', HTMLElement), caption)
  write(the('send', HTMLButtonElement), `Send ${many(settings.requests, 'request')}`)
  write(the('tabs', HTMLElement), tabs > 1 ? `${tabs} tabs share this session` : '')
  scenarios.show(settings)
  faults.show(settings)
  form.show(settings)
  if (!scores || !cast) return
  const start = from ?? performance.now()
  const end = to ?? performance.now()
  const shown = start + Math.max(window.least, (end - start) * window.behind)
  for (const side of ['left', 'right'] as const) {
    views[side].draw({
      score: scores[side],
      judged: judged[side],
      actor: cast[side],
      from: start,
      to: shown,
      settings,
      isOver,
    })
  }
}

const query = new URLSearchParams(location.search)
const stage = createStage(parseSettings(location.search), { show, isNew: showDevtools })

function openTab(settings: Settings): boolean {
  const search = [formatSettings({ ...settings, store: 'tabs' }), 'still'].join('&')
  const isWide = screen.availWidth >= 1100
  const place = `popup,width=560,height=${Math.min(900, screen.availHeight)},left=${screen.availWidth - 580}`
  return globalThis.open(`?${search}`, '_blank', isWide ? place : '') !== null
}

const scenarios = createScenarios(the('scenarios', HTMLElement), (scenario) => {
  const next = settingsOf(scenario, stage.settings)
  // A tab is opened at once: browsers do that for those who clicked just now.
  if (scenario.needsTab && stage.others === 0) void stage.meetTab(openTab(next), next)
  else void stage.play(next)
})
const faults = createFaults(the('faults', HTMLElement), (fault) => {
  void stage.change({ ...stage.settings, fault })
})
const form = createSettingsForm(the('settings', HTMLElement), (change) => {
  void stage.change(change(stage.settings))
})
const onClick = (id: string, act: () => Promise<void>): void => {
  the(id, HTMLButtonElement).addEventListener('click', () => void act())
}
onClick('send', () => stage.play())
onClick('expire', stage.expire)
onClick('sign-in', stage.signIn)
onClick('open-tab', () => stage.meetTab(openTab(stage.settings)))

void (query.has('still') ? stage.settle() : stage.play())
