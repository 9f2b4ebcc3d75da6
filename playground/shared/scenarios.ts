import { defaults } from './settings.js'
import type { Settings } from './settings.js'

/** Something that happens to apps, ready to be played. */
export interface Scenario {
  readonly id: string
  /** On its button. */
  readonly title: string
  readonly settings: Partial<Settings>
  /** Another tab takes part. */
  readonly needsTab?: boolean
}

export const scenarios: readonly Scenario[] = [
  { id: 'crowd', title: 'A crowd meets an expired token', settings: {} },
  { id: 'tabs', title: 'Two tabs', settings: { store: 'tabs', requests: 5 }, needsTab: true },
  { id: 'wifi', title: 'Wi-Fi drops during the refresh', settings: { fault: 'blip' } },
  { id: 'clock', title: 'The clock jumps', settings: { fault: 'clock', token: 'as-is' } },
  {
    id: 'hang',
    title: 'The refresh hangs',
    settings: { fault: 'hang', rotation: 'grace' },
  },
  { id: 'refused', title: 'The server refuses for good', settings: { fault: 'refuse' } },
]

/** What belongs to a scenario. The rest is the person's own taste, and stays. */
const told = ['requests', 'token', 'fault', 'lifetime', 'announce', 'rotation', 'store'] as const

export function settingsOf({ settings }: Scenario, now: Settings): Settings {
  const { requests, token, fault, lifetime, announce, rotation, store } = defaults
  return { ...now, requests, token, fault, lifetime, announce, rotation, store, ...settings }
}

/** The one that these settings are. */
export const scenarioOf = (now: Settings): Scenario | undefined =>
  scenarios.find((scenario) => {
    const wanted = settingsOf(scenario, now)
    return told.every((name) => wanted[name] === now[name])
  })
