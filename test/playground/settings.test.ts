import { describe, expect, test } from 'vitest'

import { scenarioOf, scenarios, settingsOf } from '../../playground/shared/scenarios.js'
import {
  choices,
  defaults,
  formatSettings,
  isSameServer,
  parseSettings,
  readSettings,
} from '../../playground/shared/settings.js'
import type { Settings } from '../../playground/shared/settings.js'

describe('the settings in the address', () => {
  test('an empty address means the defaults, and they make an empty address', () => {
    expect(parseSettings('')).toEqual(defaults)
    expect(formatSettings(defaults)).toBe('')
  })

  test('what differs from the defaults comes back as it was', () => {
    const settings = {
      ...defaults,
      requests: 7,
      announce: false,
      lifetime: 1.5,
      rotation: 'grace',
      protocol: 'x-token',
      client: 'fetch',
      store: 'tabs',
      fault: 'hang',
      token: 'over',
    } as const
    expect(formatSettings({ ...defaults, requests: 7, rotation: 'none' })).toBe(
      'requests=7&rotation=none',
    )
    expect(parseSettings(`?${formatSettings(settings)}`)).toEqual(settings)
  })

  test('every value of every choice can be shared', () => {
    for (const [name, values] of Object.entries(choices)) {
      for (const value of values) {
        expect(parseSettings(`?${name}=${value}`)).toEqual({ ...defaults, [name]: value })
      }
    }
  })

  test('numbers are kept within what makes sense', () => {
    expect(parseSettings('?requests=0').requests).toBe(1)
    expect(parseSettings('?requests=1e9').requests).toBe(100)
    expect(parseSettings('?requests=2.6').requests).toBe(3)
    expect(parseSettings('?api=-5').api).toBe(0)
    expect(parseSettings('?lifetime=0.1').lifetime).toBe(1)
    expect(parseSettings('?lifetime=2.5').lifetime).toBe(2.5)
  })

  test.each(['requests=', 'requests=many', 'api=Infinity', 'rotation=loose', 'fault=toString'])(
    'nonsense is as if it were not there: %s',
    (query) => {
      expect(parseSettings(`?${query}`)).toEqual(defaults)
    },
  )

  test('what comes as JSON is read in the same way, over what is in force', () => {
    const base = { ...defaults, api: 5, announce: false }
    expect(readSettings({ refresh: 10, requests: null, client: 3, api: true }, base)).toEqual({
      ...base,
      refresh: 10,
    })
    expect(readSettings({ announce: true }, base).announce).toBe(true)
  })

  test('servers are started anew for what concerns them, and for nothing else', () => {
    const other: Settings = { ...defaults, requests: 3, client: 'fetch' }
    expect(isSameServer(defaults, other)).toBe(true)
    for (const change of [
      { lifetime: 2 },
      { announce: false },
      { api: 1 },
      { refresh: 1 },
      { rotation: 'none' },
    ] as const) {
      expect(isSameServer(defaults, { ...defaults, ...change })).toBe(false)
    }
  })
})

describe('the scenarios', () => {
  test('each is known by its settings, whatever the protocol and the client', () => {
    for (const scenario of scenarios) {
      const settings = settingsOf(scenario, { ...defaults, protocol: 'x-token', client: 'fetch' })
      expect(settings).toMatchObject({ protocol: 'x-token', client: 'fetch' })
      expect(scenarioOf(settings)).toBe(scenario)
    }
  })

  test('what a person sets besides is none of them', () => {
    expect(scenarioOf({ ...defaults, fault: 'busy' })).toBeUndefined()
    expect(scenarioOf({ ...defaults, requests: 21 })).toBeUndefined()
  })

  test('each takes the person from wherever they are', () => {
    const far = {
      ...defaults,
      requests: 3,
      fault: 'offline',
      store: 'tabs',
      token: 'over',
    } as const
    for (const scenario of scenarios) {
      expect(settingsOf(scenario, far)).toEqual(settingsOf(scenario, defaults))
    }
  })
})
