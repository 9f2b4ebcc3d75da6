/** What becomes of a refresh token that was used. */
export type RotationName = 'strict' | 'grace' | 'none'

/** What is wrong with the token when the requests leave. */
export type TokenState = 'expired' | 'over' | 'as-is'

export type ProtocolName = 'bearer' | 'x-token'
export type ClientName = 'axios' | 'fetch'
export type StoreName = 'memory' | 'tabs'

/** What goes wrong on purpose, during each run. */
export type Fault = 'none' | 'refuse' | 'hang' | 'drop' | 'busy' | 'blip' | 'offline' | 'clock'

/** What both token servers are started with. */
export interface ServerSettings {
  /** Of an access token. Seconds. */
  readonly lifetime: number
  /** Whether answers say how long a token is good. */
  readonly announce: boolean
  /** Milliseconds. */
  readonly api: number
  /** Milliseconds. */
  readonly refresh: number
  readonly rotation: RotationName
}

/** All that a person sets. It stands in the address of the page, so that it can be shared. */
export interface Settings extends ServerSettings {
  /** How many leave at once. */
  readonly requests: number
  readonly token: TokenState
  readonly protocol: ProtocolName
  readonly client: ClientName
  readonly store: StoreName
  readonly fault: Fault
}

export const defaults: Settings = {
  requests: 20,
  token: 'expired',
  fault: 'none',
  lifetime: 60,
  announce: true,
  api: 200,
  refresh: 800,
  rotation: 'strict',
  protocol: 'bearer',
  client: 'axios',
  store: 'memory',
}

interface Range {
  readonly least: number
  readonly most: number
  readonly isWhole: boolean
}

export const ranges: Readonly<Record<'requests' | 'lifetime' | 'api' | 'refresh', Range>> = {
  requests: { least: 1, most: 100, isWhole: true },
  lifetime: { least: 1, most: 3600, isWhole: false },
  api: { least: 0, most: 5000, isWhole: true },
  refresh: { least: 0, most: 5000, isWhole: true },
}

export const choices = {
  token: ['expired', 'over', 'as-is'],
  fault: ['none', 'refuse', 'hang', 'drop', 'busy', 'blip', 'offline', 'clock'],
  rotation: ['strict', 'grace', 'none'],
  protocol: ['bearer', 'x-token'],
  client: ['axios', 'fetch'],
  store: ['memory', 'tabs'],
} as const satisfies { readonly [K in keyof Settings]?: readonly Settings[K][] }

const isOneOf = <T extends string>(value: unknown, among: readonly T[]): value is T =>
  among.some((each) => each === value)

function readNumber(value: unknown, { least, most, isWhole }: Range): number | undefined {
  const text = typeof value === 'string' ? value.trim() : value
  const number = text === '' ? Number.NaN : Number(text)
  if (typeof text === 'boolean' || text === null || !Number.isFinite(number)) return undefined
  return Math.min(most, Math.max(least, isWhole ? Math.round(number) : number))
}

function readFlag(value: unknown): boolean | undefined {
  if (value === true || value === 'yes' || value === 'true') return true
  if (value === false || value === 'no' || value === 'false') return false
  return undefined
}

/** Takes what makes sense; what does not is as it was. */
export function readSettings(given: Readonly<Record<string, unknown>>, base = defaults): Settings {
  const number = (name: keyof typeof ranges): number =>
    readNumber(given[name], ranges[name]) ?? base[name]
  const choice = <T extends string>(value: unknown, among: readonly T[], otherwise: T): T =>
    isOneOf(value, among) ? value : otherwise
  return {
    requests: number('requests'),
    token: choice(given['token'], choices.token, base.token),
    fault: choice(given['fault'], choices.fault, base.fault),
    lifetime: number('lifetime'),
    announce: readFlag(given['announce']) ?? base.announce,
    api: number('api'),
    refresh: number('refresh'),
    rotation: choice(given['rotation'], choices.rotation, base.rotation),
    protocol: choice(given['protocol'], choices.protocol, base.protocol),
    client: choice(given['client'], choices.client, base.client),
    store: choice(given['store'], choices.store, base.store),
  }
}

/** From the query of an address. */
export const parseSettings = (search: string): Settings =>
  readSettings(Object.fromEntries(new URLSearchParams(search)))

/** As a query, of what differs from the defaults; empty where nothing does. */
export function formatSettings(settings: Settings): string {
  const query = new URLSearchParams()
  for (const name of Object.keys(defaults) as (keyof Settings)[]) {
    const value = settings[name]
    if (value === defaults[name]) continue
    query.set(name, typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value))
  }
  return query.toString()
}

export const serverSettingsOf = (settings: ServerSettings): ServerSettings => ({
  lifetime: settings.lifetime,
  announce: settings.announce,
  api: settings.api,
  refresh: settings.refresh,
  rotation: settings.rotation,
})

export const isSameServer = (a: ServerSettings, b: ServerSettings): boolean =>
  JSON.stringify(serverSettingsOf(a)) === JSON.stringify(serverSettingsOf(b))

export const isSame = (a: Settings, b: Settings): boolean => formatSettings(a) === formatSettings(b)
