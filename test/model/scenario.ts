import fc from 'fast-check'

/** How one call of the refresh function goes. */
export const refreshFates = [
  'ok',
  'ok, same refresh token',
  'lost before',
  'lost after',
  'server error before',
  'server error after',
  'busy',
  'nonsense',
  'proxy page',
  'invalid client',
  'throws at once',
  'late',
  'hangs',
  'refused',
  'refused by 401',
  'refused by type',
] as const
export type RefreshFate = (typeof refreshFates)[number]

/** How one call of the store, or of its turn, goes. */
export const storeFates = [
  'ok',
  'fails before',
  'fails after',
  'hangs before',
  'hangs after',
  'says false',
  'garbage',
] as const
export type StoreFate = (typeof storeFates)[number]

export type StoreKind =
  /** `memoryStore()`, one for all sessions */
  | 'memory'
  /** `keyValueStore()` over a slow storage, one for all sessions */
  | 'key-value'
  /** a slow store, one object for all sessions: they take turns by themselves */
  | 'slow'
  /** a slow store object for each session, as in tabs, with an exclusive turn between them */
  | 'tabs'

export type RequestKind =
  | 'plain'
  /** its endpoint says 401 whatever comes */
  | 'always turned away'
  /** its body can be sent once only */
  | 'once only'
  /** `expired` answers later */
  | 'slow verdict'
  /** the network fails it, on the way or on the way back */
  | 'network fails'

export type Action =
  | { do: 'request'; by: number; kind: RequestKind; abortable: boolean }
  | { do: 'many requests'; by: number; count: number }
  | { do: 'get access token'; by: number }
  | { do: 'abort'; which: number }
  | { do: 'expire' }
  | { do: 'revoke' }
  | { do: 'lose record' }
  | { do: 'advance'; ms: number }
  | { do: 'advance to the next timer' }
  | { do: 'step wall clock'; ms: number }
  | { do: 'sleep'; ms: number }
  | { do: 'sign in'; by: number; user: 'ann' | 'bob' }
  | { do: 'sign out'; by: number }
  | { do: 'adopt'; by: number; rotates: boolean }
  | { do: 'refresh'; by: number }
  | { do: 'close'; by: number }
  | { do: 'reopen'; by: number }

/** One run. */
export interface Scenario {
  readonly sessions: number
  readonly store: StoreKind
  readonly watch: boolean
  /** Whether somebody is signed in when the actions begin, and whether the store was read by then. */
  readonly start: 'signed in' | 'stored' | 'nobody'
  /** Seconds; `undefined`: unknown to the client, and without end. */
  readonly lifetime: number | undefined
  readonly grace: boolean
  /** The refresh call ends when its signal says so; else it goes on and answers nobody. */
  readonly heedsAbort: boolean
  /** The refresh function calls through the session's own client, and is known by its signal or as it is called. */
  readonly refreshThroughClient: 'no' | 'by signal' | 'at once'
  /** What the app does when it is told that a session ended. */
  readonly whenSignedOut: 'nothing' | 'sign in' | 'refresh' | 'sign out'
  readonly refreshes: readonly RefreshFate[]
  readonly storeFates: readonly StoreFate[]
  /** Sequences of actions, mixed with one another and with all I/O as the scheduler likes. */
  readonly threads: readonly (readonly Action[])[]
  /** Whether the next step happens before what the last one set off has come to rest. */
  readonly bursts: readonly boolean[]
  /** Seed of the scheduler: the order in which things happen. */
  readonly schedule: number
  /** Seed of `Math.random`, for the session's jitter. */
  readonly jitter: number
}

/** What a family of scenarios may contain. */
export interface ScenarioLimits {
  readonly sessions?: number
  readonly stores?: readonly StoreKind[]
  readonly lifetimes?: readonly (number | undefined)[]
  readonly refreshes?: readonly RefreshFate[]
  readonly storeFates?: readonly StoreFate[]
  /** The client has a verdict only once the whole answer is there, and then at once. */
  readonly slowVerdicts?: boolean
  /** Session objects are closed and opened anew, and the storage is cleared. */
  readonly upsets?: boolean
}

const day = 86_400_000

const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

const weighted = <T>(...pairs: [number, fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(...pairs.map(([weight, arbitrary]) => ({ weight, arbitrary })))

function actionArbitrary({
  slowVerdicts = true,
  upsets = true,
}: ScenarioLimits): fc.Arbitrary<Action> {
  const by = fc.nat({ max: 2 })
  const kind = weighted<RequestKind>(
    [6, fc.constant('plain')],
    [2, fc.constant('always turned away')],
    [1, fc.constant('once only')],
    [1, fc.constant(slowVerdicts ? 'slow verdict' : 'plain')],
    [1, fc.constant('network fails')],
  )
  const request = fc.record({ do: one('request' as const), by, kind, abortable: fc.boolean() })
  return weighted<Action>(
    [16, request],
    [
      3,
      fc.record({ do: one('many requests' as const), by, count: fc.integer({ min: 2, max: 5 }) }),
    ],
    [1, fc.record({ do: one('get access token' as const), by })],
    [4, fc.record({ do: one('abort' as const), which: fc.nat({ max: 9 }) })],
    [8, fc.constant({ do: 'expire' })],
    [1, fc.constant({ do: 'revoke' })],
    [1, upsets ? fc.constant({ do: 'lose record' }) : request],
    [4, fc.record({ do: one('advance' as const), ms: one(1, 100, 1_000, 3_000, 11_000, 61_000) })],
    [5, fc.constant({ do: 'advance to the next timer' })],
    [1, fc.record({ do: one('step wall clock' as const), ms: one(-day, day) })],
    [1, fc.record({ do: one('sleep' as const), ms: one(1_000, 61_000, day) })],
    [3, fc.record({ do: one('sign in' as const), by, user: one('ann' as const, 'bob' as const) })],
    [3, fc.record({ do: one('sign out' as const), by })],
    [2, fc.record({ do: one('adopt' as const), by, rotates: fc.boolean() })],
    [3, fc.record({ do: one('refresh' as const), by })],
    [1, upsets ? fc.record({ do: one('close' as const), by }) : request],
    [1, upsets ? fc.record({ do: one('reopen' as const), by }) : request],
  )
}

/** Mostly `ok`, so that a run gets somewhere; none at all in half of the runs. */
function fates<T extends string>(all: readonly T[], most: number): fc.Arbitrary<T[]> {
  const some = fc.array(fc.oneof(one(...all), one(...all), fc.constant('ok' as T)), {
    maxLength: most,
  })
  return fc.oneof(fc.constant<T[]>([]), some)
}

export function scenarioArbitrary(limits: ScenarioLimits = {}): fc.Arbitrary<Scenario> {
  const { sessions = 3, stores, lifetimes } = limits
  const action = actionArbitrary(limits)
  return fc.record({
    sessions:
      sessions === 1 ? fc.constant(1) : weighted([3, one(1)], [3, one(2)], [1, one(sessions)]),
    store: one(...(stores ?? (['memory', 'key-value', 'slow', 'tabs'] as const))),
    watch: weighted([3, one(true)], [1, one(false)]),
    start: weighted(
      [4, one('signed in' as const)],
      [2, one('stored' as const)],
      [1, one('nobody' as const)],
    ),
    lifetime: one(...(lifetimes ?? [undefined, 2, 60, 3600])),
    grace: fc.boolean(),
    heedsAbort: fc.boolean(),
    refreshThroughClient: one('no' as const, 'by signal' as const, 'at once' as const),
    whenSignedOut: weighted(
      [5, one('nothing' as const)],
      [1, one('sign in' as const)],
      [1, one('refresh' as const)],
      [1, one('sign out' as const)],
    ),
    refreshes: fates(limits.refreshes ?? refreshFates, 8),
    storeFates: fates(limits.storeFates ?? storeFates, 12),
    threads: fc.array(fc.array(action, { minLength: 1, maxLength: 12, size: 'medium' }), {
      minLength: 1,
      maxLength: 4,
    }),
    bursts: fc.array(fc.boolean(), { maxLength: 6 }),
    schedule: fc.nat(),
    jitter: fc.nat(),
  })
}
