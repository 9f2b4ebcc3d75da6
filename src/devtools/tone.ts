/** How something is to be taken; each has a shape and a colour of its own. */
export type Tone = 'good' | 'plain' | 'warning' | 'bad'

/** Of statuses and types of events; of all others it is a warning. */
const tones: Readonly<Record<string, Tone>> = {
  active: 'good',
  'signed-in': 'good',
  refreshed: 'good',
  adopted: 'good',
  refreshing: 'plain',
  restoring: 'plain',
  closed: 'bad',
  'signed-out': 'bad',
}

export const toneOf = (name: string): Tone => tones[name] ?? 'warning'

/** `signed-out` as `Signed out`. */
export const titleOf = (name: string): string =>
  name.charAt(0).toUpperCase() + name.slice(1).replace('-', ' ')
