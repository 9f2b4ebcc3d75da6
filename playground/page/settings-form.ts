import { ranges, readSettings } from '../shared/settings.js'
import type { Settings } from '../shared/settings.js'
import { make } from './element.js'

type Field = Exclude<keyof Settings, 'fault'>

type Options = readonly (readonly [value: string, words: string])[]

interface Control {
  readonly name: Field
  readonly label: string
  /** Without them it is a number. */
  readonly options?: Options
  readonly unit?: string
}

const controls: readonly Control[] = [
  { name: 'requests', label: 'Requests at once' },
  {
    name: 'token',
    label: 'When they leave, the token …',
    options: [
      ['expired', 'has expired: the server says so'],
      ['over', 'is past its lifetime: the page knows'],
      ['as-is', 'is as it is'],
    ],
  },
  { name: 'lifetime', label: 'Lifetime of a token', unit: 'seconds' },
  {
    name: 'announce',
    label: 'The server tells the lifetime',
    options: [
      ['yes', 'yes, as expiresIn'],
      ['no', 'no'],
    ],
  },
  { name: 'api', label: 'An answer of the API takes', unit: 'ms' },
  { name: 'refresh', label: 'A refresh takes', unit: 'ms' },
  {
    name: 'rotation',
    label: 'A used refresh token is …',
    options: [
      ['strict', 'spent: used again, the session is revoked'],
      ['grace', 'spent, with ten seconds of grace'],
      ['none', 'good for ever'],
    ],
  },
  {
    name: 'protocol',
    label: 'An expired token is answered with',
    options: [
      ['bearer', '401, Bearer'],
      ['x-token', 'HTTP 200 and code 1234, X-Token'],
    ],
  },
  {
    name: 'client',
    label: 'Client',
    options: [
      ['axios', 'axios'],
      ['fetch', 'fetch'],
    ],
  },
  {
    name: 'store',
    label: 'Tokens are kept',
    options: [
      ['memory', 'in memory: a session for each tab'],
      ['tabs', 'for all tabs: localStorage, and browserStore'],
    ],
  },
]

export interface SettingsForm {
  show(settings: Settings): void
}

/** Fills `into` with a control for each setting. */
export function createSettingsForm(
  into: HTMLElement,
  changed: (change: (settings: Settings) => Settings) => void,
): SettingsForm {
  const fields = controls.map(({ name, label, options, unit }) => {
    const id = `set-${name}`
    const field = options ? select(id, options) : number(id, name)
    field.addEventListener('change', () => {
      changed((settings) => readSettings({ [name]: field.value }, settings))
    })
    into.append(
      make(
        'div',
        { class: 'field' },
        make('label', { for: id }, unit ? `${label} (${unit})` : label),
        field,
      ),
    )
    return { name, field }
  })
  return {
    show(settings) {
      for (const { name, field } of fields) {
        const value = settings[name]
        const text = typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
        // What somebody is typing is theirs.
        if (document.activeElement !== field || field instanceof HTMLSelectElement) {
          if (field.value !== text) field.value = text
        }
      }
    },
  }
}

const select = (id: string, options: Options): HTMLSelectElement =>
  make('select', { id }, ...options.map(([value, words]) => make('option', { value }, words)))

function number(id: string, name: Field): HTMLInputElement {
  const range = Object.hasOwn(ranges, name) ? ranges[name as keyof typeof ranges] : undefined
  return make('input', {
    id,
    type: 'number',
    inputmode: 'numeric',
    min: String(range?.least ?? 0),
    max: String(range?.most ?? 0),
    step: range?.isWhole === false ? 'any' : '1',
  })
}
