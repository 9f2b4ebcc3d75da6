import { scenarioOf, scenarios } from '../shared/scenarios.js'
import type { Scenario } from '../shared/scenarios.js'
import type { Fault, Settings } from '../shared/settings.js'
import { make } from './element.js'

const faults: readonly (readonly [fault: Fault, words: string])[] = [
  ['refuse', 'Refuse the refresh'],
  ['hang', 'Never answer it'],
  ['drop', 'Lose the answer'],
  ['busy', '503, Retry-After'],
  ['blip', 'Wi-Fi drops'],
  ['offline', 'Go offline'],
  ['clock', 'Wrong clock'],
]

export interface Choices {
  show(settings: Settings): void
}

/** A button for each scenario. */
export function createScenarios(into: HTMLElement, chosen: (scenario: Scenario) => void): Choices {
  const buttons = scenarios.map((scenario) => {
    const button = make('button', { type: 'button', id: `scenario-${scenario.id}` }, scenario.title)
    button.addEventListener('click', () => chosen(scenario))
    into.append(button)
    return { scenario, button }
  })
  return {
    show(settings) {
      const now = scenarioOf(settings)
      for (const { scenario, button } of buttons) {
        button.setAttribute('aria-pressed', String(scenario === now))
      }
    },
  }
}

/** A button for each fault: pressed as long as it is in force. */
export function createFaults(into: HTMLElement, chosen: (fault: Fault) => void): Choices {
  const buttons = faults.map(([fault, words]) => {
    const button = make('button', { type: 'button', id: `fault-${fault}` }, words)
    button.addEventListener('click', () => {
      chosen(button.getAttribute('aria-pressed') === 'true' ? 'none' : fault)
    })
    into.append(button)
    return { fault, button }
  })
  return {
    show(settings) {
      for (const { fault, button } of buttons) {
        button.setAttribute('aria-pressed', String(fault === settings.fault))
      }
    },
  }
}
