import type { Paths } from './options.js'
import { below, field, invalidRequest, refusals } from './protocol.js'
import type { ApiDialect, Protocol, ReceivedRequest, TokenDialect } from './protocol.js'

const challenge = 'Bearer realm="unexpired"'

/** RFC 6750 §3: who sent no token is not told of an error. */
const api: ApiDialect = {
  served: (echo) => ({ status: 200, json: echo }),
  turnedAway: (sent) => ({
    status: 401,
    headers: {
      'WWW-Authenticate':
        sent === undefined
          ? challenge
          : `${challenge}, error="invalid_token", error_description="The access token is not good"`,
    },
    json: { error: 'invalid_token' },
  }),
}

const plainJson: TokenDialect = {
  form: 'pair',
  granted: ({ accessToken, refreshToken, expiresIn }) => ({
    status: 200,
    json: { accessToken, refreshToken, expiresIn, tokenType: 'Bearer' },
  }),
  refused: (refusal) => ({
    status: 401,
    json: { error: 'invalid_grant', error_description: refusals[refusal] },
  }),
}

function bearerToken(request: ReceivedRequest): string | undefined {
  return /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
}

/** Bearer tokens in `Authorization`, had through plain camelCase JSON. */
export function bearer(paths: Paths): Protocol {
  return (request) => {
    const { method, path } = request
    if (method === 'POST' && path === `${paths.auth}/login`) {
      const user = field(request, 'username')
      return user
        ? { kind: 'sign-in', dialect: plainJson, user }
        : { kind: 'other', answer: invalidRequest('username is missing') }
    }
    if (method === 'POST' && path === `${paths.auth}/refresh`) {
      return { kind: 'refresh', dialect: plainJson, token: field(request, 'refreshToken') }
    }
    const resource = below(paths.api, path)
    if (resource === undefined) return undefined
    return { kind: 'api', dialect: api, token: bearerToken(request), resource }
  }
}
