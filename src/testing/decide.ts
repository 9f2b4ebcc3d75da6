import type { Holder, Issued, Refusal } from './families.js'
import type { Ledger, RequestOutcome } from './ledger.js'
import type { Fate } from './order-book.js'
import type { Answer, ReceivedRequest, Route } from './protocol.js'
import { visit } from './resources.js'
import type { ServerState } from './state.js'

/** What becomes of a request. Without an answer it hangs, or its connection is cut. */
export interface Decision {
  readonly outcome: RequestOutcome
  readonly answer?: Answer
  /** Whose tokens were issued, where any were. */
  readonly issued?: Holder
}

type RouteOf<K extends Route['kind']> = Extract<Route, { kind: K }>

const failed = (answer: Answer): Decision => ({ outcome: 'failed', answer })

function grant(
  { dialect, kind }: RouteOf<'sign-in' | 'refresh'>,
  issued: Issued,
  { settings }: ServerState,
): Decision {
  const answer = dialect.granted({ ...issued, expiresIn: settings.announced }, kind)
  return { outcome: 'granted', answer, issued }
}

function decideRefresh(
  route: RouteOf<'refresh'>,
  fate: Fate | undefined,
  state: ServerState,
): Decision {
  const { families, ledger, settings } = state
  const refuse = (refusal: Refusal['refused']): Decision => {
    ledger.add('refreshesRefused')
    return { outcome: 'refused', answer: route.dialect.refused(refusal) }
  }

  switch (fate?.does) {
    case 'refuse':
      return refuse('ordered')
    case 'hang':
      return { outcome: 'hung' }
    case 'answer':
      return failed(fate.answer)
    case 'grant-nonsense': {
      const { accessToken } = fate
      return failed(
        route.dialect.granted({ accessToken, expiresIn: settings.announced }, 'refresh'),
      )
    }
    case 'drop':
      if (!fate.granting) return { outcome: 'dropped' }
  }

  const result = families.refresh(route.token)
  if ('refused' in result) {
    if (result.refused === 'spent') ledger.add('reuseDetected')
    if (result.revokedNow) ledger.add('familiesRevoked')
    return refuse(result.refused)
  }
  ledger.add('refreshesGranted')
  return fate?.does === 'drop'
    ? { outcome: 'dropped', issued: result }
    : grant(route, result, state)
}

function turnAway(answer: Answer, ledger: Ledger): Decision {
  ledger.add('turnedAway')
  return { outcome: 'turned-away', answer }
}

/** An answer of the API that is not about the token, or that an order made so. */
function answered(answer: Answer, ledger: Ledger): Decision {
  if (answer.status === 401) return turnAway(answer, ledger)
  if (answer.status >= 400) return failed(answer)
  ledger.add('served')
  return { outcome: 'served', answer }
}

async function decideApi(
  route: RouteOf<'api'>,
  request: ReceivedRequest,
  fate: Fate | undefined,
  { families, ledger, pause }: ServerState,
): Promise<Decision> {
  if (fate?.does === 'drop') return { outcome: 'dropped' }
  if (fate?.does === 'answer') return answered(fate.answer, ledger)

  const holder = families.admit(route.token)
  const found = holder
    ? await visit(route.resource, request, holder, route.dialect, pause)
    : 'turn-away'
  if (found === 'never') return { outcome: 'hung' }
  if (found === 'turn-away') return turnAway(route.dialect.turnedAway(route.token), ledger)
  return answered(found, ledger)
}

/** Applies the rules, and the order that the request met, to one request. */
export async function decide(
  route: Route,
  request: ReceivedRequest,
  fate: Fate | undefined,
  state: ServerState,
): Promise<Decision> {
  switch (route.kind) {
    case 'sign-in':
      state.ledger.add('signIns')
      return grant(route, state.families.signIn(route.user, route.dialect.form), state)
    case 'refresh':
      return decideRefresh(route, fate, state)
    case 'sign-out':
      state.families.end(route.token)
      return { outcome: 'served', answer: route.answer }
    case 'api':
      return decideApi(route, request, fate, state)
    case 'other':
      return route.answer.status < 400
        ? { outcome: 'served', answer: route.answer }
        : failed(route.answer)
  }
}
