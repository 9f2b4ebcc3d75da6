import type { Paths } from './options.js'
import { below, field, refusals } from './protocol.js'
import type { Answer, ApiDialect, Protocol, ReceivedRequest, TokenDialect } from './protocol.js'

/** Bad news comes with HTTP 200 too: only the code tells. */
const say = (code: number, message: string, data: unknown = null): Answer => ({
  status: 200,
  json: { code, message, data },
})

const api: ApiDialect = {
  served: (echo) => say(0, 'ok', echo),
  turnedAway: () => say(1234, 'token expired'),
}

const dialect: TokenDialect = {
  form: 'single',
  granted: ({ accessToken, expiresIn }) => say(0, 'ok', { token: accessToken, expiresIn }),
  refused: (refusal) => say(1235, refusals[refusal]),
}

function sentToken(request: ReceivedRequest): string | undefined {
  const header = request.headers['x-token']
  return typeof header === 'string' && header ? header : undefined
}

/** A bare token in `X-Token`, dead or alive, that buys the next one. */
export function xToken(paths: Paths): Protocol {
  return (request) => {
    const resource = below(paths.x, request.path)
    if (resource === undefined) return undefined
    if (request.method === 'POST' && resource === '/login') {
      const user = field(request, 'username')
      return user
        ? { kind: 'sign-in', dialect, user }
        : { kind: 'other', answer: say(1000, 'username is missing') }
    }
    const token = sentToken(request)
    if (request.method === 'POST' && resource === '/refreshtoken') {
      return { kind: 'refresh', dialect, token }
    }
    return { kind: 'api', dialect: api, token, resource }
  }
}
